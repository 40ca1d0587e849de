-- one row per note about a place that holds or lies in the selected one, and per training of its stores; newest first;
-- of departments the notes of one, or of all ('')
WITH held AS (
    SELECT m.store_id, m.region, m.city FROM memberships AS m
    WHERE {scope} AND (? = '' OR m.region = ?) AND (? = '' OR m.city = ?) AND (? = '' OR m.store_id = ?))
SELECT n.happened_on, n.level, n.place, 0 AS stores, n.text, []::VARCHAR[] AS touchpoints
FROM notes AS n
WHERE n.happened_on BETWEEN ? AND ? AND (n.level = 'chain' OR (n.level = 'department' AND ? IN ('', n.place)) OR EXISTS (SELECT 1 FROM held AS h
    WHERE n.place = CASE n.level WHEN 'region' THEN h.region WHEN 'city' THEN h.city WHEN 'store' THEN h.store_id END))
UNION ALL
SELECT t.held_on, 'store', min(t.store_id), count(DISTINCT t.store_id), t.course, t.touchpoint_ids
FROM trainings AS t
WHERE t.held_on BETWEEN ? AND ? AND t.store_id IN (SELECT store_id FROM held)
GROUP BY t.held_on, t.course, t.touchpoint_ids
ORDER BY ALL DESC
