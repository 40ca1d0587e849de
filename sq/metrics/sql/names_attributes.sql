-- one row per instrument, attribute (or department, dimension, item) and value with responses, complaints or groups;
-- of published results per kind of subject and statistic, such as "item top2"; "level": which groups or places there are;
-- "form": something is shown of a whole
WITH forms AS (
    SELECT DISTINCT instrument, wave, stream, channel, segment, brand FROM rollup_scores JOIN memberships USING (membership_key)
    WHERE basis = 'all' AND subject_kind = 'form'),
listed AS (
    SELECT instrument, 'wave' AS axis, wave AS id FROM forms UNION SELECT instrument, 'stream', stream FROM forms
    UNION SELECT instrument, 'brand', brand FROM forms UNION SELECT instrument, 'channel', channel FROM forms
    UNION SELECT instrument, 'segment', segment FROM forms
    UNION SELECT 'complaints', 'channel', channel FROM rollup_complaints
    UNION SELECT 'complaints', 'brand', brand FROM rollup_complaints JOIN memberships USING (membership_key)
    UNION SELECT 'complaints', 'touchpoint', touchpoint_id FROM rollup_complaints
    UNION SELECT instrument, 'wave', wave FROM anonymous_waves WHERE state IN ('published', 'waiting')
    UNION SELECT instrument, 'role', role FROM cells
    WHERE role <> '' AND instrument IN (SELECT instrument FROM cells WHERE role <> '' AND hidden = '')
    UNION SELECT instrument, 'tenure', tenure FROM cells
    WHERE tenure <> '' AND instrument IN (SELECT instrument FROM cells WHERE tenure <> '' AND hidden = '')
    UNION SELECT instrument, 'department', department_id FROM cells WHERE department_id <> ''
    UNION SELECT instrument, subject_kind, subject FROM cells WHERE subject_kind IN ('dimension', 'item')
    UNION SELECT instrument, 'form', subject_kind FROM cells WHERE subject_kind = 'form' AND hidden = ''
    UNION SELECT instrument, 'level', level FROM cells
    UNION SELECT 'aggregates', subject_kind || ' ' || statistic, instrument || ':' || subject FROM aggregates
    UNION SELECT 'aggregates', 'level ' || subject_kind || ' ' || statistic, level FROM aggregates
    UNION SELECT 'aggregates', 'department', place FROM aggregates WHERE level = 'department'),
named AS (
    SELECT l.instrument, l.axis, coalesce(l.id, '') AS id, any_value(w.name) AS name, min(w.starts_on) AS starts_on
    FROM listed AS l LEFT JOIN waves AS w ON l.axis = 'wave' AND w.instrument = l.instrument AND w.wave_id = l.id
    GROUP BY ALL)
SELECT instrument, axis, id, name, starts_on FROM named
-- lengths of service by their first number, "under 1 year" before "1 to 3"
ORDER BY instrument, axis, starts_on NULLS LAST,
    CASE WHEN axis = 'tenure' THEN coalesce(try_cast(regexp_extract(id, '\d+') AS BIGINT), 0) END,
    axis = 'tenure' AND regexp_matches(id, '^\d'), id
