-- one row per instrument and item, as last worded, in checklist order
SELECT i.instrument, i.item_id, i.text_zh, i.text_en, coalesce(i.touchpoint_id, '') AS touchpoint_id,
    coalesce(i.dimension_id, '') AS dimension_id, coalesce(t.stage, '') AS stage, i.role, i.is_veto
FROM items AS i LEFT JOIN touchpoints AS t USING (touchpoint_id)
QUALIFY row_number() OVER (PARTITION BY i.instrument, i.item_id ORDER BY i.valid_from DESC NULLS LAST) = 1
ORDER BY i.instrument, i.position, i.item_id
