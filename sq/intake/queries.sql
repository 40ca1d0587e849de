-- The intake's statements by name. {braces} are filled with identifiers from closed lists (sq/records.py), never with values.

-- name: known_columns
SELECT table_name, list(column_name) FROM duckdb_columns() WHERE NOT internal GROUP BY ALL;

-- name: make_rows
CREATE TABLE {name} (batch_id INTEGER NOT NULL, row_no INTEGER NOT NULL, {columns});

-- name: add_column
ALTER TABLE {name} ADD COLUMN {column};

-- name: live_batches
-- those that count now, or counted at $moment (a batch withdrawn and restored since: as if it had always counted)
CREATE OR REPLACE TEMP TABLE live AS
SELECT batch_id FROM batches
WHERE CASE WHEN $moment::TIMESTAMP IS NULL THEN status <> 'withdrawn'
    ELSE received_at <= $moment AND coalesce(withdrawn_at > $moment, TRUE) END;

-- name: current_rows
CREATE OR REPLACE TEMP VIEW cur_{table} AS
SELECT {columns}, batch_id, row_no FROM rec_{table} SEMI JOIN live USING (batch_id)
QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY batch_id DESC) = 1;

-- name: forms_by_batch
-- one row per live batch and response that an earlier or later live batch speaks of too
CREATE OR REPLACE TEMP TABLE several AS
SELECT instrument, response_id, batch_id, item_set, answers_hash,
    max(batch_id) OVER form AS latest,
    count(item_set) OVER form = count(*) OVER form AND min(item_set) OVER form = max(item_set) OVER form AS same_items
FROM answered SEMI JOIN live USING (batch_id)
WINDOW form AS (PARTITION BY instrument, response_id)
QUALIFY min(batch_id) OVER form < latest;

-- name: superseded_forms
-- a wide form sent again with the same items replaces the earlier one as a whole
CREATE OR REPLACE TEMP TABLE superseded AS
SELECT DISTINCT batch_id, instrument, response_id FROM several WHERE same_items AND batch_id < latest;

-- name: overlaid_forms
-- other forms that several batches speak of: the latest answer wins item by item
CREATE OR REPLACE TEMP TABLE overlaid AS SELECT DISTINCT instrument, response_id FROM several WHERE NOT same_items;

-- name: current_answers_once
CREATE OR REPLACE TEMP VIEW cur_answers AS
SELECT instrument, response_id, item_id, value, note FROM answers SEMI JOIN live USING (batch_id);

-- name: current_answers_several
CREATE OR REPLACE TEMP VIEW cur_answers AS
SELECT instrument, response_id, item_id, value, note
FROM answers SEMI JOIN live USING (batch_id)
    ANTI JOIN superseded USING (batch_id, instrument, response_id) ANTI JOIN overlaid USING (instrument, response_id)
UNION ALL
SELECT instrument, response_id, item_id, value, note
FROM answers SEMI JOIN live USING (batch_id) SEMI JOIN overlaid USING (instrument, response_id)
QUALIFY row_number() OVER (PARTITION BY instrument, response_id, item_id ORDER BY batch_id DESC) = 1;

-- name: known_stores
SELECT store_id, store_name, region, city, opened_on, closed_on FROM cur_stores ORDER BY valid_from NULLS FIRST;

-- name: known_items
SELECT instrument, item_id, scale_min, scale_max, valid_from, valid_to FROM cur_items;

-- name: known_responses
SELECT {id} AS response_id, {day} AS answered_on FROM cur_{table};

-- name: known_wave_responses
SELECT f.{id} AS response_id, w.ends_on AS answered_on, f.wave_id
FROM cur_{table} f LEFT JOIN cur_waves w ON w.instrument = '{instrument}' AND w.wave_id = f.wave_id;

-- name: known_waves
SELECT instrument, wave_id, starts_on, ends_on FROM cur_waves;

-- name: row_counts
SELECT count(*) FILTER (c.batch_id IS NULL),
    count(*) FILTER (c.batch_id IS NOT NULL AND ({differs} OR {answers_differ}))
FROM incoming i LEFT JOIN cur_{table} c ON {same_key};

-- name: insert_rows
INSERT INTO rec_{table} (batch_id, row_no, source_file, {columns}) SELECT ?, row_no, source_file, {columns} FROM incoming;

-- name: insert_wide_answers
INSERT INTO answers (batch_id, instrument, response_id, item_id, value)
SELECT ?, ?, response_id, unnest(?::VARCHAR[]), unnest([{columns}]) FROM incoming;

-- name: insert_long_answers
INSERT INTO answers (batch_id, instrument, response_id, item_id, value, note)
SELECT ?, ?, response_id, item_id, value, note FROM incoming;

-- name: insert_answered_wide
INSERT INTO answered (batch_id, instrument, response_id, item_set, answers_hash)
SELECT ?, ?, response_id, ?, hash([{columns}]) FROM incoming;

-- name: insert_answered_long
INSERT INTO answered (batch_id, instrument, response_id) SELECT DISTINCT ?, ?, response_id FROM incoming;

-- name: no_headed_forms
CREATE OR REPLACE TEMP TABLE headed (instrument VARCHAR, response_id VARCHAR);

-- name: headed_forms
INSERT INTO headed SELECT ?, {id} FROM cur_{table};

-- name: differing_answers
-- one row per form of this batch that an earlier batch speaks of otherwise; an item newly "not applicable" is no change
CREATE OR REPLACE TEMP TABLE differing AS
WITH earlier AS (  -- one row per form that live batches speak of; its latest hash if only whole forms were sent
    SELECT instrument, response_id, max_by(answers_hash, batch_id) AS answers_hash, max(item_set) AS item_set,
        count(item_set) = count(*) AND min(item_set) = max(item_set) AS same_items
    FROM answered SEMI JOIN live USING (batch_id) GROUP BY ALL),
revisited AS (
    SELECT DISTINCT n.instrument, n.response_id
    FROM answered n SEMI JOIN headed USING (instrument, response_id) LEFT JOIN earlier e USING (instrument, response_id)
    WHERE n.batch_id = $batch AND NOT coalesce(
        e.same_items AND n.item_set = e.item_set AND n.answers_hash = e.answers_hash, false))
SELECT DISTINCT n.instrument, n.response_id
FROM answers n SEMI JOIN revisited USING (instrument, response_id)
LEFT JOIN cur_answers c ON c.instrument = n.instrument AND c.response_id = n.response_id AND c.item_id = n.item_id
WHERE n.batch_id = $batch AND (n.value IS DISTINCT FROM c.value OR n.note IS DISTINCT FROM c.note);

-- name: long_counts
SELECT count(*) FILTER (c.item_id IS NULL),
    count(*) FILTER (c.item_id IS NOT NULL AND (i.value IS DISTINCT FROM c.value OR i.note IS DISTINCT FROM c.note))
FROM incoming i LEFT JOIN cur_answers c
    ON c.instrument = ? AND c.response_id = i.response_id AND c.item_id = i.item_id;

-- name: same_files
-- live batches that hold exactly these files, read with the same profile
SELECT batch_id FROM batches SEMI JOIN live USING (batch_id) JOIN files USING (batch_id)
WHERE coalesce(profile_sha256, '') = $profile
GROUP BY batch_id HAVING list_sort(list(DISTINCT sha256)) = list_sort($hashes::VARCHAR[]) ORDER BY batch_id DESC LIMIT 1;

-- name: next_batch
SELECT coalesce(max(batch_id), 0) + 1 FROM batches;

-- name: insert_batch
INSERT INTO batches (batch_id, received_at, status, profile, profile_sha256, files)
VALUES (?, ?, 'loaded', ?, ?, ?);

-- name: insert_file
INSERT INTO files (batch_id, file, sha256, bytes, kept_as) VALUES (?, ?, ?, ?, ?);

-- name: insert_file_table
INSERT INTO file_tables (batch_id, file, table_name) VALUES (?, ?, ?);

-- name: insert_counts
INSERT INTO batch_tables (batch_id, table_name, read, new, changed, unchanged, rejected, skipped)
VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: insert_findings
INSERT INTO findings (batch_id, severity, code, table_name, file, sheet, column_name, value, allowed, first_row, row_count)
SELECT ?, severity, code, "table", file, sheet, "column", value, allowed, first_row, row_count FROM incoming;

-- name: list_batches
SELECT batch_id, received_at, status, profile, files, withdrawn_at,
    coalesce(sum(read), 0) AS read, coalesce(sum(new), 0) AS new, coalesce(sum(changed), 0) AS changed,
    coalesce(sum(unchanged), 0) AS unchanged, coalesce(sum(rejected), 0) AS rejected, coalesce(sum(skipped), 0) AS skipped
FROM batches LEFT JOIN batch_tables USING (batch_id) GROUP BY ALL ORDER BY batch_id;

-- name: batch_status
SELECT status FROM batches WHERE batch_id = ?;

-- name: set_status
UPDATE batches SET status = ?, withdrawn_at = ? WHERE batch_id = ?;

-- name: answers_differ
i."{id}" IN (SELECT response_id FROM differing WHERE instrument = '{instrument}')

-- name: people
SELECT {column} FROM rec_{table} WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY min((batch_id, row_no));

-- name: person_codes
SELECT name, code FROM person_codes WHERE table_name = ?;

-- name: insert_person
INSERT INTO person_codes (table_name, code, name) VALUES (?, ?, ?);

-- name: code_person
UPDATE rec_{table} SET {column} = ? WHERE {column} = ?;
