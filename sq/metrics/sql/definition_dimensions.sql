-- one row per instrument and dimension in order, with how many items measure it
SELECT d.instrument, d.dimension_id AS dimension, d.name_zh, d.name_en, d.position, coalesce(d.is_sensitive, FALSE) AS is_sensitive,
    count(DISTINCT i.item_id) AS items
FROM dimensions AS d LEFT JOIN items AS i ON i.instrument = d.instrument AND i.dimension_id = d.dimension_id
GROUP BY ALL ORDER BY d.instrument, d.position, d.dimension_id
