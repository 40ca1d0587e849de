-- What the audit reads: who stood where on a wave's last day, what they answered, and what was shown. A second way to the same
-- people beside 50_anonymous.sql, on purpose: the attack trusts nothing that publishing worked out. Statements by name.

-- name: waves
-- one row per wave of the snapshot; name and end as the intake has them, if it still does
SELECT a.instrument, a.wave, coalesce(w.name, a.wave) AS name, a.ends_on, a.state, a.minimum_group, a.minimum_sensitive, a.waiting,
    (SELECT count(*) FROM shown.cells AS c WHERE c.instrument = a.instrument AND c.wave = a.wave) AS cells
FROM shown.anonymous_waves AS a LEFT JOIN cur_waves AS w ON w.instrument = a.instrument AND w.wave_id = a.wave
ORDER BY a.instrument, a.ends_on, a.wave;

-- name: created
SELECT max("value") FROM shown.meta WHERE key = 'created_at';

-- name: has_ledger
SELECT count(*) FROM duckdb_tables() WHERE table_name = 'ledger_versions';

-- name: versions
-- until the snapshot was made; one recorded later was not to be seen in it nor before it
SELECT version, published_at FROM ledger_versions WHERE instrument = ? AND wave = ? ORDER BY version;

-- name: forms
-- one row per form, with the span of its store that had begun last on the wave's last day, else the store's first
WITH given AS ({given}),
spans AS (
    SELECT g.response_id, s.region, s.city, coalesce(s.brand, '') AS brand,
        coalesce(s.valid_from, DATE '0001-01-01') AS from_day
    FROM given AS g JOIN cur_stores AS s ON s.store_id = g.store_id),
placed AS (
    FROM spans QUALIFY row_number() OVER (
        PARTITION BY response_id ORDER BY from_day > $ends_on, CASE WHEN from_day <= $ends_on THEN from_day END DESC, from_day) = 1)
SELECT g.response_id, coalesce(p.region, '') AS region, coalesce(p.city, '') AS city, coalesce(g.store_id, '') AS store_id,
    CASE WHEN $rated OR g.store_id IS NULL THEN coalesce(g.department_id, '') ELSE '' END AS department_id,
    coalesce(g.role, '') AS role, coalesce(g.tenure, '') AS tenure, g.is_single_answer,
    coalesce(g.request_problem, '') AS request_problem, coalesce(g.support_problem, '') AS support_problem
FROM given AS g LEFT JOIN placed AS p USING (response_id)
WHERE coalesce(p.brand, '') = '' AND (g.store_id IS NULL OR p.region IS NOT NULL) AND (g.store_id IS NOT NULL OR g.department_id IS NOT NULL)
ORDER BY g.response_id;

-- name: given_employee
SELECT response_id, store_id, department_id, role, tenure_band AS tenure, coalesce(is_single_answer, FALSE) AS is_single_answer,
    NULL::VARCHAR AS request_problem, NULL::VARCHAR AS support_problem FROM cur_employee_responses WHERE wave_id = $wave

-- name: given_awareness
SELECT response_id, store_id, department_id, role, NULL::VARCHAR AS tenure, coalesce(is_single_answer, FALSE) AS is_single_answer,
    NULL::VARCHAR AS request_problem, NULL::VARCHAR AS support_problem FROM cur_awareness_responses WHERE wave_id = $wave

-- name: given_internal_service
SELECT response_id, store_id, department_id, NULL::VARCHAR AS role, NULL::VARCHAR AS tenure, FALSE AS is_single_answer,
    request_problem, support_problem FROM cur_internal_service_responses
WHERE wave_id = $wave AND store_id IS NOT NULL AND department_id IS NOT NULL

-- name: items
SELECT i.item_id, coalesce(i.dimension_id, '') AS dimension_id, coalesce(i.weight, 1) AS weight, coalesce(i.role, 'score') AS role,
    i.scale_min, i.scale_max, coalesce(i.is_reversed, FALSE) AS is_reversed, coalesce(d.is_sensitive, FALSE) AS is_sensitive,
    CASE WHEN i.scale_min = floor(i.scale_min) AND i.scale_max = floor(i.scale_max) AND i.scale_max - i.scale_min BETWEEN 1 AND 10
        THEN (i.scale_max - i.scale_min + 1)::INTEGER ELSE 0 END AS categories
FROM cur_items AS i LEFT JOIN cur_dimensions AS d ON d.instrument = i.instrument AND d.dimension_id = i.dimension_id
WHERE i.instrument = $instrument AND i.scale_max > i.scale_min AND coalesce(i.valid_from <= $ends_on, TRUE)
    AND coalesce(i.valid_to >= $ends_on, TRUE)
QUALIFY row_number() OVER (PARTITION BY i.item_id ORDER BY i.valid_from DESC NULLS LAST) = 1 ORDER BY i.item_id;

-- name: answers
SELECT response_id, item_id, "value" FROM cur_answers
WHERE instrument = $instrument AND "value" IS NOT NULL AND response_id IN (SELECT unnest($ids));

-- name: ledger_cells
SELECT c.* EXCLUDE (version), c.cell_no AS cell_key FROM ledger_cells AS c WHERE version = ? ORDER BY cell_no;

-- name: ledger_categories
SELECT cell_no AS cell_key, category, share, share_limit FROM ledger_categories WHERE version = ?;

-- name: ledger_problems
SELECT cell_no AS cell_key, side, problem, share, share_limit FROM ledger_problems WHERE version = ?;

-- name: shown_cells
FROM shown.cells WHERE instrument = ? AND wave = ? ORDER BY cell_key;

-- name: shown_categories
SELECT x.* FROM shown.cell_categories AS x JOIN shown.cells AS c USING (cell_key) WHERE c.instrument = ? AND c.wave = ?;

-- name: shown_problems
SELECT x.* FROM shown.cell_problems AS x JOIN shown.cells AS c USING (cell_key) WHERE c.instrument = ? AND c.wave = ?;

-- name: shown_comments
SELECT level, region, city, store_id, department_id, comment FROM shown.cell_comments WHERE instrument = ? AND wave = ?;

-- name: shown_estimates
SELECT level, statistic, outcome, subject, n FROM shown.anonymous_estimates WHERE instrument = ? AND wave = ?;
