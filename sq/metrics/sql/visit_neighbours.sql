-- one row: the visits of the same store just before and after
WITH ordered AS (
    SELECT r.visit_id, lag(r.visit_id) OVER w AS previous, lead(r.visit_id) OVER w AS next
    FROM visits AS r JOIN memberships AS m USING (membership_key)
    WHERE m.store_id = ? WINDOW w AS (ORDER BY r.visited_on, r.visit_key))
SELECT coalesce(previous, '') AS previous, coalesce(next, '') AS next FROM ordered WHERE visit_id = ?
