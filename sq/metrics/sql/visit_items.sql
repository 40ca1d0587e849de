-- one row per item asked in a visit, as worded on its day, in checklist order
SELECT i.item_id AS item, i.text_zh, i.text_en, coalesce(i.touchpoint_id, '') AS touchpoint, a.value, i.scale_min, i.scale_max,
    100 * a.share AS share, i.weight, i.is_veto, i.is_reversed, i.role, i.is_veto AND a.share < 1 AS is_failed,
    coalesce(a.note, '') AS note
FROM visit_answers AS a
JOIN items AS i ON i.item_key = a.item_key AND i.instrument = 'mystery'
    AND coalesce(i.valid_from, DATE '0001-01-01') <= ?
WHERE a.visit_key = ?
QUALIFY row_number() OVER (PARTITION BY i.item_key ORDER BY i.valid_from DESC NULLS LAST) = 1
ORDER BY i.position, i.item_id
