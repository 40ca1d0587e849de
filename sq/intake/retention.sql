-- What `sq retain` looks for and drops. Statements by name, as in queries.sql.

-- name: retained_until
SELECT max("before") FROM retentions;

-- name: no_past_forms
CREATE OR REPLACE TEMP TABLE past_forms (instrument VARCHAR, response_id VARCHAR);

-- name: past_forms
-- forms whose row that counts (else the latest) is of a day before the limit
INSERT INTO past_forms
SELECT '{instrument}', f.{id} FROM rec_{table} AS f JOIN batches AS b USING (batch_id) GROUP BY f.{id}
HAVING arg_max(f.{day}, (b.status <> 'withdrawn', f.batch_id)) < $before;

-- name: past_wave_forms
-- of forms without a day of their own the last day of the wave counts; an unknown wave is as old as its delivery
INSERT INTO past_forms
SELECT '{instrument}', f.{id} FROM rec_{table} AS f JOIN batches AS b USING (batch_id)
LEFT JOIN cur_waves AS w ON w.instrument = '{instrument}' AND w.wave_id = f.wave_id GROUP BY f.{id}
HAVING arg_max(coalesce(w.ends_on, b.received_at::DATE), (b.status <> 'withdrawn', f.batch_id)) < $before;

-- name: count_past_forms
SELECT instrument, count(*) FROM past_forms GROUP BY instrument;

-- name: count_past_comments
SELECT count(DISTINCT complaint_id) FROM rec_complaints WHERE opened_at < $before AND comment IS NOT NULL;

-- name: no_touched_batches
CREATE OR REPLACE TEMP TABLE touched (batch_id INTEGER);

-- name: touched_batches
INSERT INTO touched SELECT DISTINCT batch_id FROM rec_{table} AS f
WHERE EXISTS (FROM past_forms AS p WHERE p.instrument = '{instrument}' AND p.response_id = f.{id});

-- name: list_touched
SELECT DISTINCT batch_id FROM touched ORDER BY batch_id;

-- name: no_current_batches
-- one row per batch and file that still holds something within its time; file NULL: not known, of single answers (is_answers) it never is
CREATE OR REPLACE TEMP TABLE still_current AS
SELECT DISTINCT batch_id, source_file AS file, FALSE AS is_answers FROM rec_complaints WHERE opened_at >= $before;

-- name: current_batches
INSERT INTO still_current SELECT DISTINCT batch_id, source_file, FALSE FROM rec_{table} AS f
WHERE NOT EXISTS (FROM past_forms AS p WHERE p.instrument = '{instrument}' AND p.response_id = f.{id});

-- name: current_answers
INSERT INTO still_current SELECT DISTINCT batch_id, NULL, TRUE FROM answered AS a
WHERE item_set IS NULL
    AND NOT EXISTS (FROM past_forms AS p WHERE p.instrument = a.instrument AND p.response_id = a.response_id);

-- name: personal_files
-- files that brought forms or complaints (of early batches it is known only that the batch did); is_past: no batch holds
-- rows of them within their time
WITH brought AS (
    SELECT batch_id, file, bool_or(table_name LIKE '%!_answers' ESCAPE '!') AS has_answers FROM file_tables
    WHERE table_name IN (SELECT unnest($tables)) GROUP BY ALL
    UNION ALL
    SELECT f.batch_id, f.file, TRUE FROM files AS f ANTI JOIN file_tables USING (batch_id)
    WHERE f.batch_id IN (SELECT batch_id FROM batch_tables WHERE "read" > 0 AND table_name IN (SELECT unnest($tables))))
SELECT f.kept_as, any_value(f.bytes), NOT bool_or(EXISTS (
    FROM still_current AS s WHERE s.batch_id = f.batch_id
        AND CASE WHEN s.is_answers THEN b.has_answers ELSE coalesce(s.file = f.file, TRUE) END))
FROM files AS f JOIN brought AS b USING (batch_id, file) GROUP BY f.kept_as ORDER BY 1;

-- name: past_batches
-- batches that brought forms or complaints of which none is within its time
SELECT DISTINCT batch_id FROM batch_tables
WHERE "read" > 0 AND table_name IN (SELECT unnest($tables)) AND batch_id NOT IN (SELECT batch_id FROM still_current) ORDER BY 1;

-- name: keep_scores
INSERT INTO kept_scores
SELECT r.instrument, f.starts_on, l.starts_on, r.subject_kind, r.subject, r.month, r.wave, m.store_id,
    greatest(r.month, coalesce(m.valid_from, r.month)), r.stream, r.channel, r.segment, r.n, r.sum_w, r.sum_w2, r.sum_wy, r.sum_wyy,
    r.sum_w2y, r.sum_w2yy, r.points, r.max_points, r.answers, r.sum_u, r.sum_u2, r.passes, r.favourable, r.unfavourable, r.promoters,
    r.detractors, r.failed, r.disputed
FROM shown.rollup_scores AS r JOIN shown.memberships AS m USING (membership_key)
LEFT JOIN shown.bases AS b ON b.instrument = r.instrument AND b.basis = r.basis
LEFT JOIN shown.epochs AS f ON f.instrument = b.instrument AND f.epoch = b.first_epoch
LEFT JOIN shown.epochs AS l ON l.instrument = b.instrument AND l.epoch = b.last_epoch
WHERE r.month < $before;

-- name: keep_days
INSERT INTO kept_days
SELECT DISTINCT '{instrument}', {day} FROM cur_{table} WHERE {day} < $before AND {counts} AND store_id IN (SELECT store_id FROM cur_stores);

-- name: keep_forms
INSERT INTO kept_forms
SELECT '{instrument}', store_id, date_trunc('month', {day})::DATE, max({day}), count(*) FROM cur_{table}
WHERE {day} < $before AND {counts} AND store_id IN (SELECT store_id FROM cur_stores) GROUP BY ALL;

-- name: drop_rows
DELETE FROM rec_{table} AS f WHERE EXISTS (FROM past_forms AS p WHERE p.instrument = '{instrument}' AND p.response_id = f.{id});

-- name: drop_answers
DELETE FROM {table} AS a WHERE EXISTS (FROM past_forms AS p WHERE p.instrument = a.instrument AND p.response_id = a.response_id);

-- name: drop_comments
UPDATE rec_complaints SET comment = NULL WHERE opened_at < $before AND comment IS NOT NULL;

-- name: blank_findings
UPDATE findings SET "value" = '' WHERE batch_id IN (FROM touched) AND table_name IN (SELECT unnest($tables));

-- name: drop_names
DELETE FROM person_codes WHERE table_name = '{table}' AND code NOT IN (SELECT {column} FROM rec_{table} WHERE {column} IS NOT NULL);

-- name: note_batches
INSERT INTO dropped_from SELECT DISTINCT batch_id FROM touched WHERE batch_id NOT IN (FROM dropped_from);

-- name: note_retention
INSERT INTO retentions VALUES ($before, $now);

-- name: is_dropped_from
SELECT count(*) FROM dropped_from WHERE batch_id = ?;
