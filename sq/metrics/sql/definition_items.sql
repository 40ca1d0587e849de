-- one row per item and span of validity, in checklist order
SELECT i.instrument, i.item_id AS item, i.text_zh, i.text_en, coalesce(i.touchpoint_id, '') AS touchpoint,
    coalesce(i.dimension_id, '') AS dimension, i.scale_min, i.scale_max, i.weight, i.is_veto, i.is_reversed, i.role,
    i.valid_from, i.valid_to
FROM items AS i ORDER BY i.instrument, i.position, i.item_id, i.valid_from NULLS FIRST
