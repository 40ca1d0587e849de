-- store_items
-- one row per visit of a store in some months and scored item asked in it, newest visit first, in checklist order; share 0-1,
-- NULL = not applicable; weight and veto flag as on the day
SELECT r.visit_id, r.visited_on, i.item_id AS item, coalesce(i.touchpoint_id, '') AS touchpoint, a.share,
    coalesce(i.weight, 0) AS weight, coalesce(i.is_veto, FALSE) AS is_veto
FROM visits AS r
JOIN memberships AS m USING (membership_key)
JOIN visit_answers AS a ON a.visit_key = r.visit_key
JOIN items AS i ON i.item_key = a.item_key AND i.instrument = 'mystery' AND i.role = 'score'
    AND coalesce(i.valid_from, DATE '0001-01-01') <= r.visited_on
WHERE {scope} AND m.store_id = ? AND r.month BETWEEN ? AND ?
QUALIFY row_number() OVER (PARTITION BY a.visit_key, i.item_key ORDER BY i.valid_from DESC NULLS LAST) = 1
ORDER BY r.visited_on DESC, r.visit_key DESC, i.position, i.item_id
