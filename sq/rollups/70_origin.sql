-- Where the data came from, how fresh and how complete it is.
INSERT INTO snapshot.batches SELECT batch_id, received_at, status, profile, files, withdrawn_at FROM batches ORDER BY batch_id;

-- one row per table whose rows are answers given under a promise of anonymity
CREATE OR REPLACE TEMP TABLE anonymous_tables AS
SELECT unnest(['employee_responses', 'internal_service_responses', 'awareness_responses', 'employee_responses_answers',
    'internal_service_responses_answers', 'awareness_responses_answers']) AS table_name;

-- the count of a small delivery would be the n of a group whose score is hidden (a file per store): it is left out
INSERT INTO snapshot.batch_tables
SELECT batch_id, table_name, "read", "new", changed, unchanged, rejected, skipped FROM batch_tables
WHERE "read" >= 20 OR table_name NOT IN (FROM anonymous_tables) ORDER BY batch_id, table_name;

-- a refused value is an answer, and its row tells whose: of the anonymous tables only what was wrong and how often (value '', row 0)
INSERT INTO snapshot.findings
SELECT batch_id, severity, code, table_name, file, sheet, column_name, "value", allowed, first_row, row_count FROM findings
WHERE table_name NOT IN (FROM anonymous_tables) OR code = 'unknown_heading'
UNION ALL
SELECT batch_id, severity, code, table_name, file, sheet, column_name, '',
    CASE WHEN count(DISTINCT allowed) = 1 AND code NOT LIKE 'unknown%' THEN any_value(allowed) ELSE '' END, 0,
    sum(row_count)::INTEGER
FROM findings WHERE table_name IN (FROM anonymous_tables) AND code <> 'unknown_heading'
GROUP BY batch_id, severity, code, table_name, file, sheet, column_name
ORDER BY batch_id, severity, code, first_row;

-- own stores only; a month without responses between the first and the last shows as zero
INSERT INTO snapshot.coverage
WITH happened AS (
    SELECT instrument, membership_key, day, 1 AS n FROM headers
    UNION ALL SELECT 'complaints', membership_key, opened_at::DATE, 1 FROM snapshot.complaints
    UNION ALL SELECT k.instrument, p.membership_key, k.last_day, k.n
    FROM kept_forms AS k ASOF JOIN places AS p ON p.store_id = k.store_id AND p.from_day <= k.last_day),
own AS (
    SELECT h.instrument, date_trunc('month', h.day)::DATE AS month, p.store_id, h.day, h.n
    FROM happened AS h JOIN places AS p USING (membership_key) WHERE p.is_own),
months AS (
    SELECT instrument, unnest(generate_series(min(month), max(month), INTERVAL 1 MONTH))::DATE AS month FROM own GROUP BY instrument),
stores AS (
    SELECT store_id, arg_max(opened_on, from_day) AS opened_on, arg_max(closed_on, from_day) AS closed_on
    FROM places WHERE is_own GROUP BY store_id),
open_stores AS (
    SELECT m.month, count(*) AS stores_open FROM (SELECT DISTINCT month FROM months) AS m
    JOIN stores AS s ON coalesce(s.opened_on <= last_day(m.month), TRUE) AND coalesce(s.closed_on >= m.month, TRUE)
    GROUP BY ALL)
SELECT m.instrument, m.month, count(DISTINCT o.store_id), coalesce(any_value(p.stores_open), 0), coalesce(sum(o.n), 0), max(o.day)
FROM months AS m LEFT JOIN own AS o ON o.instrument = m.instrument AND o.month = m.month
LEFT JOIN open_stores AS p ON p.month = m.month
GROUP BY m.instrument, m.month ORDER BY m.instrument, m.month;

-- anonymous instruments: what is shown of a wave, in the month in which it ended
INSERT INTO snapshot.coverage
WITH shown AS (
    SELECT c.instrument, date_trunc('month', w.ends_on)::DATE AS month, w.ends_on, c.wave,
        count(*) FILTER (c.level = 'store') AS stores, max(c.n) FILTER (c.level = 'chain') AS responses
    FROM snapshot.cells AS c JOIN snapshot.anonymous_waves AS w ON w.instrument = c.instrument AND w.wave = c.wave
    WHERE c.subject_kind = 'form' AND c.role = '' AND c.tenure = '' AND c.hidden = ''
    GROUP BY ALL),
latest AS (FROM shown QUALIFY row_number() OVER (PARTITION BY instrument, month ORDER BY ends_on DESC, wave DESC) = 1)
SELECT l.instrument, l.month, l.stores,
    (SELECT count(*) FROM (
        SELECT arg_max(opened_on, from_day) AS opened_on, arg_max(closed_on, from_day) AS closed_on FROM places WHERE is_own GROUP BY store_id)
        WHERE coalesce(opened_on <= last_day(l.month), TRUE) AND coalesce(closed_on >= l.month, TRUE)),
    l.responses, l.ends_on
FROM latest AS l WHERE l.responses IS NOT NULL ORDER BY l.instrument, l.month;

INSERT INTO snapshot.meta
SELECT * FROM (VALUES
    ('created_at', $created_at), ('schema_version', $schema_version),
    ('data_as_of', (SELECT least(max(last_day), $today) FROM snapshot.coverage)::VARCHAR),
    ('responses_without_store', ((SELECT count(*) FROM cur_customer_responses)
        + (SELECT count(*) FROM cur_management_audits)
        + (SELECT count(*) FROM cur_mystery_visits WHERE coalesce(status, 'approved') IN ('approved', 'disputed'))
        - (SELECT count(*) FROM headers))::VARCHAR),
    ('answers_without_item', ((SELECT count("value") FROM cur_answers SEMI JOIN headers USING (instrument, response_id))
        - (SELECT count("value") FROM snapshot.visit_answers) - (SELECT count("value") FROM snapshot.response_answers)
        - (SELECT count("value") FROM audit_answers))::VARCHAR)
    ) AS facts(key, value);
