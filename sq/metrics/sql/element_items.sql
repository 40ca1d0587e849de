-- one row per item of awareness and of customers that asks about a service element, as last worded
SELECT instrument, item_id, element_id, role, scale_min, scale_max, coalesce(touchpoint_id, '') AS touchpoint_id, text_zh, text_en
FROM items WHERE instrument IN ('awareness', 'customer') AND element_id IS NOT NULL AND element_id <> ''
QUALIFY row_number() OVER (PARTITION BY instrument, item_id ORDER BY valid_from DESC NULLS LAST) = 1
ORDER BY instrument, position, item_id
