-- store_trainings
-- one row per course and touchpoint that it teaches, held anywhere up to a day: when this store last had it
SELECT t.course, u.touchpoint, max(t.held_on) FILTER (t.store_id = ?) AS last_here
FROM trainings AS t, unnest(t.touchpoint_ids) AS u (touchpoint)
WHERE t.held_on <= ?
GROUP BY ALL ORDER BY t.course, u.touchpoint
