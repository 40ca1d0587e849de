-- one row per element of service that customers are asked about, with the touchpoint it belongs to and the words of its question;
-- what was perceived is asked most plainly
WITH asked AS (
    SELECT DISTINCT ON (element_id, item_id) element_id, item_id, coalesce(touchpoint_id, '') AS touchpoint, text_zh, text_en, role, position
    FROM items WHERE instrument = 'customer' AND element_id IS NOT NULL AND role IN ('expectation', 'perception', 'score')
    ORDER BY element_id, item_id, valid_from DESC NULLS LAST)
SELECT element_id AS element, touchpoint, text_zh, text_en FROM asked
QUALIFY row_number() OVER (PARTITION BY element_id ORDER BY role = 'perception' DESC, role = 'score' DESC, touchpoint = '', position, item_id) = 1
ORDER BY position, element_id
