-- one row per question to customers whose answers are counted one by one, in the order of the questionnaire
SELECT DISTINCT ON (i.item_id) i.item_id AS item, i.role, i.text_zh, i.text_en, i.scale_min, i.scale_max, i.is_reversed, coalesce(i.position, 0) AS position,
    coalesce(i.dimension_id, '') AS dimension, coalesce(i.touchpoint_id, '') AS touchpoint
FROM items AS i WHERE i.instrument = 'customer' AND i.scale_min = floor(i.scale_min) AND i.scale_max = floor(i.scale_max)
    AND i.scale_max - i.scale_min BETWEEN 1 AND 10
ORDER BY i.item_id, i.valid_from DESC NULLS LAST
