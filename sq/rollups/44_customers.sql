-- Further sums about customers: who is dissatisfied and who complained, expected against perceived service, how answers divide, words.
-- Runs when the scored rows of responses and customer_terms (sq/publish_terms.py) are at hand; adds kinds of subject to the rollup.

-- one row per response: how satisfied (0-100, the overall question, else the index) and on whose side
CREATE OR REPLACE TEMP TABLE customer_stands AS
SELECT r.response_key, g.group_key, g.w, coalesce(r.overall, r.index_score) AS satisfaction, r.has_complained,
    CASE WHEN r.recommend <= 6 THEN 'detractor' WHEN r.recommend < 9 THEN 'passive' WHEN r.recommend >= 9 THEN 'promoter'
        WHEN satisfaction < 50 THEN 'detractor' WHEN satisfaction < 75 THEN 'passive' WHEN satisfaction >= 75 THEN 'promoter'
        ELSE 'unknown' END AS attitude
FROM snapshot.responses AS r JOIN grouped AS g ON g.instrument = 'customer' AND g.response_key = r.response_key;

-- one row per element of service and item that asks for it; of several items about what was perceived those of role perception count
CREATE OR REPLACE TEMP TABLE element_items AS
WITH asked AS (
    SELECT element_id, item_key, role = 'expectation' AS is_expected, role, scale_min, scale_max FROM item_spans
    WHERE instrument = 'customer' AND element_id IS NOT NULL AND role IN ('expectation', 'perception', 'score'))
SELECT DISTINCT element_id, item_key, is_expected, scale_min, scale_max FROM asked AS a
WHERE role <> 'score' OR NOT EXISTS (FROM asked AS p WHERE p.element_id = a.element_id AND p.role = 'perception');

-- one row per response and element of which both were answered; a difference only where both are asked on one scale
CREATE OR REPLACE TEMP TABLE customer_pairs AS
WITH alike AS (
    SELECT element_id, count(DISTINCT (scale_min, scale_max)) = 1 AS is_alike FROM element_items GROUP BY element_id
    HAVING count(DISTINCT is_expected) = 2),
paired AS (
    SELECT a.response_key, e.element_id, 100 * avg(a.share) FILTER (e.is_expected) AS expected,
        100 * avg(a.share) FILTER (NOT e.is_expected) AS perceived
    FROM snapshot.response_answers AS a JOIN element_items AS e USING (item_key) WHERE a.share IS NOT NULL GROUP BY ALL)
SELECT p.response_key, p.element_id, p.expected, p.perceived, CASE WHEN s.is_alike THEN p.perceived - p.expected END AS gap
FROM paired AS p JOIN alike AS s USING (element_id) WHERE p.expected IS NOT NULL AND p.perceived IS NOT NULL;

INSERT INTO snapshot.rollup_scores BY NAME
WITH told AS (
    SELECT group_key, w, 'dissatisfied' AS subject_kind, '' AS subject, CASE WHEN satisfaction < 50 THEN 100.0 ELSE 0 END AS y
    FROM customer_stands WHERE satisfaction IS NOT NULL
    UNION ALL SELECT group_key, w, 'complained', '', CASE WHEN has_complained THEN 100.0 ELSE 0 END FROM customer_stands WHERE has_complained IS NOT NULL
    UNION ALL SELECT group_key, w, 'silent', '', CASE WHEN has_complained THEN 0.0 ELSE 100 END
    FROM customer_stands WHERE has_complained IS NOT NULL AND satisfaction < 50
    UNION ALL SELECT g.group_key, g.w, unnest(['expected', 'perceived', 'gap']), p.element_id, unnest([p.expected, p.perceived, p.gap])
    FROM customer_pairs AS p JOIN customer_stands AS g USING (response_key)
    UNION ALL SELECT g.group_key, g.w, 'answer', i.item_id || ':' || a.value::DECIMAL(9, 0), 100 * a.share
    FROM snapshot.response_answers AS a JOIN customer_stands AS g USING (response_key) JOIN item_spans AS i USING (item_key)
    JOIN headers AS h ON h.instrument = 'customer' AND h.response_key = a.response_key AND h.day BETWEEN i.from_day AND i.to_day
    WHERE a.share IS NOT NULL AND i.categories IS NOT NULL AND a.value = floor(a.value)
    UNION ALL SELECT g.group_key, g.w, 'word', g.attitude || ':' || t.term, 100.0 FROM customer_terms AS t JOIN customer_stands AS g USING (response_key)),
summed AS (
    SELECT subject_kind, subject, group_key, count(*)::INTEGER AS n, sum(w) AS sum_w, sum(w * w) AS sum_w2, sum(w * y) AS sum_wy,
        sum(w * y * y) AS sum_wyy, sum(w * w * y) AS sum_w2y, sum(w * w * y * y) AS sum_w2yy
    FROM told WHERE y IS NOT NULL GROUP BY ALL
    UNION ALL SELECT k.subject_kind, s.subject, k.group_key, k.n, k.sum_w, k.sum_w2, k.sum_wy, k.sum_wyy, k.sum_w2y, k.sum_w2yy
    FROM kept_rows AS k JOIN subjects AS s USING (subject_no)
    WHERE k.instrument = 'customer' AND k.basis = 'all'
        AND k.subject_kind IN ('dissatisfied', 'complained', 'silent', 'expected', 'perceived', 'gap', 'answer', 'word'))
SELECT g.instrument, 'all' AS basis, s.subject_kind, s.subject, g.month, g.wave, g.membership_key, g.stream, g.channel, g.segment,
    s.n, s.sum_w, s.sum_w2, s.sum_wy, s.sum_wyy, s.sum_w2y, s.sum_w2yy, 0.0 AS points, 0.0 AS max_points, 0 AS answers, 0.0 AS sum_u,
    0.0 AS sum_u2, 0.0 AS passes, 0.0 AS favourable, 0.0 AS unfavourable, 0.0 AS promoters, 0.0 AS detractors, 0 AS failed, 0 AS disputed
FROM summed AS s JOIN groups AS g USING (group_key) ORDER BY s.subject_kind, s.subject, s.group_key;
