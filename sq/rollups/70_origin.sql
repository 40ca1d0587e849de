-- Where the data came from, how fresh and how complete it is.
INSERT INTO snapshot.batches SELECT batch_id, received_at, status, profile, files, withdrawn_at FROM batches ORDER BY batch_id;
INSERT INTO snapshot.batch_tables
SELECT batch_id, table_name, "read", "new", changed, unchanged, rejected, skipped FROM batch_tables ORDER BY batch_id, table_name;
INSERT INTO snapshot.findings
SELECT batch_id, severity, code, table_name, file, sheet, column_name, "value", allowed, first_row, row_count FROM findings
ORDER BY batch_id, severity, code, first_row;

-- own stores only; a month without responses between the first and the last shows as zero
INSERT INTO snapshot.coverage
WITH happened AS (
    SELECT instrument, membership_key, day FROM headers
    UNION ALL SELECT 'complaints', membership_key, opened_at::DATE FROM snapshot.complaints),
own AS (
    SELECT h.instrument, date_trunc('month', h.day)::DATE AS month, p.store_id, h.day
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
SELECT m.instrument, m.month, count(DISTINCT o.store_id), coalesce(any_value(p.stores_open), 0), count(o.day), max(o.day)
FROM months AS m LEFT JOIN own AS o ON o.instrument = m.instrument AND o.month = m.month
LEFT JOIN open_stores AS p ON p.month = m.month
GROUP BY m.instrument, m.month ORDER BY m.instrument, m.month;

INSERT INTO snapshot.meta
SELECT * FROM (VALUES
    ('created_at', $created_at), ('schema_version', $schema_version),
    ('data_as_of', (SELECT max(last_day) FROM snapshot.coverage)::VARCHAR),
    ('responses_without_store', ((SELECT count(*) FROM cur_customer_responses)
        + (SELECT count(*) FROM cur_mystery_visits WHERE coalesce(status, 'approved') IN ('approved', 'disputed'))
        - (SELECT count(*) FROM headers))::VARCHAR),
    ('answers_without_item', ((SELECT count("value") FROM cur_answers SEMI JOIN headers USING (instrument, response_id))
        - (SELECT count("value") FROM snapshot.visit_answers) - (SELECT count("value") FROM snapshot.response_answers))::VARCHAR)
    ) AS facts(key, value);
