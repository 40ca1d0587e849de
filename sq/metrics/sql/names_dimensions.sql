-- one row per instrument and dimension in order
SELECT instrument, dimension_id, name_zh, name_en FROM dimensions ORDER BY instrument, position, dimension_id
