-- one row per item of every instrument, as last worded; element, scale and direction tell what may be subtracted from what
SELECT instrument, item_id, role, coalesce(element_id, '') AS element_id, coalesce(touchpoint_id, '') AS touchpoint_id,
    coalesce(dimension_id, '') AS dimension_id, scale_min, scale_max, is_reversed, weight, text_zh, text_en, valid_to
FROM items
QUALIFY row_number() OVER (PARTITION BY instrument, item_id ORDER BY valid_from DESC NULLS LAST) = 1
ORDER BY instrument, position, item_id
