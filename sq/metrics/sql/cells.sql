-- one row per group, subject and wave, hidden groups too; every number was finished when it was published
WITH sensitive AS (
    SELECT instrument, 'dimension' AS kind, dimension_id AS subject FROM dimensions WHERE is_sensitive
    UNION SELECT i.instrument, 'item', i.item_id FROM items AS i JOIN dimensions AS d USING (instrument, dimension_id)
    WHERE d.is_sensitive)
SELECT c.cell_key, c.wave, c.region, c.city, c.store_id AS store, c.department_id AS department, c.role, c.tenure, c.subject,
    c.hidden, {sums}, (c.instrument, c.subject_kind, c.subject) IN (SELECT (instrument, kind, subject) FROM sensitive) AS is_sensitive
FROM cells AS c
WHERE c.instrument = ? AND c.level = ? AND c.subject_kind = ? AND (c.role <> '') = ? AND (c.tenure <> '') = ?{conditions}
ORDER BY c.cell_key
