-- Forms and answers of the anonymous instruments, for sq/anonymity, which makes finished cells of them. Temporary tables
-- of the importer's connection: nothing of this file goes into the snapshot. Statements by name.

-- name: items
-- one row per item of an anonymous instrument and span of validity; item_no counts up in the order of the questionnaire
CREATE OR REPLACE TEMP TABLE anonymous_items AS
WITH cut AS (
    SELECT *, coalesce(valid_from, DATE '0001-01-01') AS from_day,
        least(coalesce(valid_to, DATE '9999-12-31'), coalesce(lead(valid_from) OVER (
            PARTITION BY item_key ORDER BY valid_from NULLS FIRST) - 1, DATE '9999-12-31'))::DATE AS to_day
    FROM snapshot.items WHERE instrument IN ('employee', 'internal_service', 'awareness'))
SELECT (row_number() OVER (ORDER BY instrument, position, item_id, from_day) - 1)::INTEGER AS item_no, *,
    CASE WHEN scale_min = floor(scale_min) AND scale_max = floor(scale_max) AND scale_max - scale_min BETWEEN 1 AND 10
        THEN (scale_max - scale_min + 1)::INTEGER ELSE 0 END AS categories
FROM cut WHERE scale_max > scale_min;

-- name: forms
-- one row per form of a known wave of own stores and of departments, where its store belonged on the wave's last day
CREATE OR REPLACE TEMP TABLE anonymous_forms AS
WITH given AS (
    SELECT 'employee' AS instrument, response_id, store_id, department_id, wave_id, role, tenure_band AS tenure,
        coalesce(is_single_answer, FALSE) AS is_single, comment, NULL::VARCHAR AS request_problem, NULL::VARCHAR AS support_problem
    FROM cur_employee_responses
    UNION ALL
    SELECT 'awareness', response_id, store_id, department_id, wave_id, role, NULL, coalesce(is_single_answer, FALSE), NULL, NULL, NULL
    FROM cur_awareness_responses
    UNION ALL
    SELECT 'internal_service', response_id, store_id, department_id, wave_id, NULL, NULL, FALSE, comment, request_problem, support_problem
    FROM cur_internal_service_responses),
dated AS (
    SELECT g.*, w.ends_on FROM given AS g JOIN cur_waves AS w ON w.instrument = g.instrument AND w.wave_id = g.wave_id),
placed AS (
    SELECT d.*, p.membership_key, p.is_own FROM dated AS d
    ASOF LEFT JOIN places AS p ON p.store_id = d.store_id AND p.from_day <= d.ends_on)
SELECT (row_number() OVER (ORDER BY p.instrument, p.wave_id, p.response_id) - 1)::INTEGER AS form_key,
    p.instrument, p.wave_id AS wave, p.response_id, coalesce(m.region, '') AS region, coalesce(m.city, '') AS city,
    coalesce(m.store_id, '') AS store_id,
    -- whoever stands in a store and in a department counts in the store; internal service rates the department
    CASE WHEN p.instrument = 'internal_service' OR p.store_id IS NULL THEN coalesce(p.department_id, '') ELSE '' END AS department_id,
    coalesce(p.role, '') AS role, coalesce(p.tenure, '') AS tenure, p.is_single, p.ends_on, coalesce(p.comment, '') AS comment,
    coalesce(p.request_problem, '') AS request_problem, coalesce(p.support_problem, '') AS support_problem
FROM placed AS p LEFT JOIN snapshot.memberships AS m USING (membership_key)
WHERE CASE WHEN p.store_id IS NULL THEN p.department_id IS NOT NULL AND p.instrument <> 'internal_service'
    ELSE coalesce(p.is_own, FALSE) AND (p.instrument <> 'internal_service' OR p.department_id IS NOT NULL) END;

-- name: waves
SELECT f.instrument, f.wave, w.starts_on, w.ends_on, min(f.form_key) AS first_form, count(*) AS forms
FROM anonymous_forms AS f JOIN cur_waves AS w ON w.instrument = f.instrument AND w.wave_id = f.wave
GROUP BY ALL ORDER BY f.instrument, w.ends_on, f.wave;

-- name: wave_forms
FROM anonymous_forms WHERE instrument = ? AND wave = ? ORDER BY form_key;

-- name: wave_answers
-- one row per answer that applies, to an item valid on the wave's last day; share 0-1 after reversal
SELECT f.form_key, i.item_no, a.value,
    CASE WHEN i.is_reversed THEN 1 - (a.value - i.scale_min) / (i.scale_max - i.scale_min)
        ELSE (a.value - i.scale_min) / (i.scale_max - i.scale_min) END AS share
FROM anonymous_forms AS f
JOIN cur_answers AS a ON a.instrument = f.instrument AND a.response_id = f.response_id
JOIN anonymous_items AS i ON i.instrument = f.instrument AND i.item_id = a.item_id AND f.ends_on BETWEEN i.from_day AND i.to_day
WHERE f.instrument = ? AND f.wave = ? AND a.value IS NOT NULL;

-- name: wave_items
SELECT i.item_no, i.item_id, i.dimension_id, i.scale_min, i.categories, i.weight, i.is_reversed, i.role, coalesce(d.is_sensitive, FALSE) AS is_sensitive
FROM anonymous_items AS i
LEFT JOIN snapshot.dimensions AS d ON d.instrument = i.instrument AND d.dimension_id = i.dimension_id
WHERE i.instrument = ? AND ?::DATE BETWEEN i.from_day AND i.to_day ORDER BY i.item_no;

-- name: wave_stores
-- one row per own store open during the wave, where it belonged on its last day
SELECT m.region, coalesce(m.city, '') AS city, m.store_id
FROM (SELECT DISTINCT store_id, $ends_on::DATE AS day FROM places WHERE is_own) AS s
ASOF JOIN places AS p ON p.store_id = s.store_id AND p.from_day <= s.day
JOIN snapshot.memberships AS m USING (membership_key)
WHERE coalesce(m.opened_on <= $ends_on, TRUE) AND coalesce(m.closed_on >= $starts_on, TRUE) ORDER BY ALL;

-- name: wave_invitations
SELECT level, coalesce(place, '') AS place, sum(invited)::INTEGER AS invited FROM cur_invitations WHERE instrument = ? AND wave_id = ?
GROUP BY ALL;
