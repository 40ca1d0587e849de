-- one row per touchpoint in service order, with how many items measure it
SELECT t.touchpoint_id AS touchpoint, t.name_zh, t.name_en, coalesce(t.stage, '') AS stage, t.position,
    count(DISTINCT i.instrument || ':' || i.item_id) AS items
FROM touchpoints AS t LEFT JOIN items AS i USING (touchpoint_id)
GROUP BY ALL ORDER BY t.position, t.touchpoint_id
