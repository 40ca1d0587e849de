-- one row: where a group of an anonymous survey stood in its wave
SELECT region, city, store_id, department_id FROM cells WHERE instrument = ? AND wave = ? AND cell_key = ?
