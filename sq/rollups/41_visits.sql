-- One scored row per visit; runs when the mystery scores on basis 'all' are at hand.
INSERT INTO snapshot.visits
WITH forms AS (
    SELECT response_key, y FROM response_subjects JOIN subjects USING (subject_no) WHERE subject_kind = 'form'),
asked AS (
    SELECT c.response_key, sum(c.asked) AS n_items, sum(c.asked) - sum(c.applicable) AS n_na, sum(c.vetoes) > 0 AS is_failed
    FROM cell_sums AS c JOIN cells USING (cell) WHERE role = 'score' GROUP BY ALL),
vetoed AS (
    SELECT a.response_key, list(i.item_id ORDER BY i.position, i.item_id) AS failed_items
    FROM given AS a
    JOIN grouped AS g ON g.instrument = a.instrument AND g.response_key = a.response_key
    JOIN era_items AS i ON i.era = g.era AND i.item_key = a.item_key
    WHERE a.instrument = 'mystery' AND i.is_veto AND i.role = 'score' AND a.share < 1
    GROUP BY ALL)
SELECT h.response_key, h.response_id, h.membership_key, h.day, h.month, h.wave, h.stream, v.shopper_id, coalesce(v.status, 'approved'),
    f.y, coalesce(a.is_failed, FALSE), coalesce(x.failed_items, []), coalesce(a.n_items, 0), coalesce(a.n_na, 0),
    v.evidence_url, v.comment, v.batch_id
FROM headers AS h
JOIN cur_mystery_visits AS v ON v.visit_id = h.response_id
LEFT JOIN forms AS f USING (response_key)
LEFT JOIN asked AS a USING (response_key)
LEFT JOIN vetoed AS x USING (response_key)
WHERE h.instrument = 'mystery'
ORDER BY h.response_key;
