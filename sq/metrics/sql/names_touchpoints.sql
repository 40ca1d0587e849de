-- one row per touchpoint in service order
SELECT touchpoint_id, name_zh, name_en, coalesce(stage, '') AS stage FROM touchpoints ORDER BY position, touchpoint_id
