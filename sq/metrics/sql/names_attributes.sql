-- one row per instrument, attribute and value with responses or complaints
WITH forms AS (
    SELECT DISTINCT instrument, wave, stream, channel, segment, brand FROM rollup_scores JOIN memberships USING (membership_key)
    WHERE basis = 'all' AND subject_kind = 'form'),
listed AS (
    SELECT instrument, 'wave' AS axis, wave AS id FROM forms UNION SELECT instrument, 'stream', stream FROM forms
    UNION SELECT instrument, 'brand', brand FROM forms UNION SELECT instrument, 'channel', channel FROM forms
    UNION SELECT instrument, 'segment', segment FROM forms
    UNION SELECT 'complaints', 'channel', channel FROM rollup_complaints
    UNION SELECT 'complaints', 'brand', brand FROM rollup_complaints JOIN memberships USING (membership_key)
    UNION SELECT 'complaints', 'touchpoint', touchpoint_id FROM rollup_complaints)
SELECT l.instrument, l.axis, coalesce(l.id, '') AS id, any_value(w.name) AS name, min(w.starts_on) AS starts_on
FROM listed AS l LEFT JOIN waves AS w ON l.axis = 'wave' AND w.instrument = l.instrument AND w.wave_id = l.id
GROUP BY ALL ORDER BY l.instrument, l.axis, starts_on NULLS LAST, id
