-- one row per visit and its score on one subject; an item without weight counts alone
WITH wanted AS (SELECT unnest(?::INTEGER[]) AS visit_key),
worded AS (
    SELECT DISTINCT ON (i.item_key) i.item_key, i.item_id, i.touchpoint_id, i.dimension_id, t.stage, i.weight, i.role
    FROM items AS i LEFT JOIN touchpoints AS t USING (touchpoint_id) WHERE i.instrument = 'mystery'
    ORDER BY i.item_key, i.valid_from DESC NULLS LAST)
SELECT a.visit_key, 100 * sum({weight} * a.share) / sum({weight}) FILTER (a.share IS NOT NULL) AS subject_score
FROM visit_answers AS a JOIN wanted USING (visit_key) JOIN worded AS i USING (item_key)
WHERE a.visit_key BETWEEN ? AND ? AND {column} = ?
GROUP BY a.visit_key
