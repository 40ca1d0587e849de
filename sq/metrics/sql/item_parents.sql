-- one row per item of an instrument, as last worded, with what it belongs to
SELECT item_id, coalesce(touchpoint_id, '') AS touchpoint_id, coalesce(dimension_id, '') AS dimension_id FROM items
WHERE instrument = ? QUALIFY row_number() OVER (PARTITION BY item_id ORDER BY valid_from DESC NULLS LAST) = 1
