-- Scores of one instrument on one basis ($instrument, $basis; 'all' = every item of its own day).
-- Sums of answers per response and cell, then per response and subject, then per group and
-- subject. Rows are sorted while they are numbers only; names join the sorted rows.

-- one row per item span and epoch that counts on this basis
CREATE OR REPLACE TEMP TABLE counting AS
SELECT i.era, i.item_key, i.cell, i.subject_no, i.role, i.is_veto, i.favourable_share, i.unfavourable_share, i.weight,
    CASE WHEN i.weight > 0 THEN i.weight ELSE 1 END AS points_weight
FROM era_items AS i WHERE $basis = 'all' AND i.instrument = $instrument
UNION ALL
SELECT i.era, i.item_key, i.cell, i.subject_no, i.role, i.is_veto, i.favourable_share, i.unfavourable_share, b.weight, b.weight
FROM era_items AS i
JOIN era_epochs AS e ON e.era = i.era
JOIN basis_items AS b ON b.instrument = i.instrument AND b.item_key = i.item_key AND e.epoch BETWEEN b.first_epoch AND b.last_epoch
WHERE i.instrument = $instrument AND b.basis = $basis AND i.is_scored;

-- one row per response and cell; counts of answers leave out items without weight, a veto does not
CREATE OR REPLACE TEMP TABLE cell_sums AS
SELECT g.response_key, i.cell,
    sum(i.weight * a.share) AS points, sum(i.weight) FILTER (a.share IS NOT NULL) AS max_points,
    (count(a.share) FILTER (i.weight > 0))::INTEGER AS answers,
    (count(*) FILTER (a.share = 1 AND i.weight > 0))::INTEGER AS passes,
    (count(*) FILTER (a.share >= i.favourable_share AND i.weight > 0))::INTEGER AS favourable,
    (count(*) FILTER (a.share <= i.unfavourable_share AND i.weight > 0))::INTEGER AS unfavourable,
    (count(a.share) FILTER (i.favourable_share IS NULL AND i.weight > 0))::INTEGER AS without_categories,
    (count(*) FILTER (i.is_veto AND a.share < 1))::INTEGER AS vetoes,
    (count(*))::INTEGER AS asked, (count(a.share))::INTEGER AS applicable
FROM given AS a
JOIN grouped AS g ON g.instrument = a.instrument AND g.response_key = a.response_key
JOIN counting AS i ON i.era = g.era AND i.item_key = a.item_key
WHERE a.instrument = $instrument AND i.cell IS NOT NULL
GROUP BY g.response_key, i.cell;

-- one row per response and subject with a score; a subject of one cell needs no adding up
CREATE OR REPLACE TEMP TABLE response_subjects AS
SELECT c.response_key, s.subject_no, 100 * sum(c.points) / sum(c.max_points) AS y,
    sum(c.points) AS points, sum(c.max_points) AS max_points, sum(c.answers)::INTEGER AS answers, sum(c.passes)::INTEGER AS passes,
    sum(c.favourable)::INTEGER AS favourable, sum(c.unfavourable)::INTEGER AS unfavourable,
    sum(c.without_categories)::INTEGER AS without_categories, sum(c.vetoes)::INTEGER AS vetoes
FROM cell_sums AS c JOIN cell_subjects AS s USING (cell) WHERE s.cells > 1
GROUP BY c.response_key, s.subject_no HAVING sum(c.max_points) > 0
UNION ALL
SELECT c.response_key, s.subject_no, 100 * c.points / c.max_points, c.points, c.max_points, c.answers, c.passes,
    c.favourable, c.unfavourable, c.without_categories, c.vetoes
FROM cell_sums AS c JOIN cell_subjects AS s USING (cell) WHERE s.cells = 1 AND c.max_points > 0;

-- a visit of which only the total is known
INSERT INTO response_subjects BY NAME
SELECT g.response_key, s.subject_no, g.total_score AS y
FROM grouped AS g JOIN subjects AS s ON s.instrument = g.instrument AND s.subject_kind = 'form'
WHERE $basis = 'all' AND g.instrument = $instrument AND g.total_score IS NOT NULL
    AND NOT EXISTS (FROM cell_sums AS c JOIN cells USING (cell) WHERE c.response_key = g.response_key AND role = 'score');

-- names are looked up for the sorted rows in the order written here, so that the rows stay sorted
SET disabled_optimizers = 'join_order,build_side_probe_side';

INSERT INTO snapshot.rollup_scores
WITH summed AS (
    SELECT g.group_key, r.subject_no, count(*) AS n, sum(g.w) AS sum_w, sum(g.w * g.w) AS sum_w2,
        sum(g.w * r.y) AS sum_wy, sum(g.w * r.y * r.y) AS sum_wyy,
        sum(g.w * g.w * r.y) AS sum_w2y, sum(g.w * g.w * r.y * r.y) AS sum_w2yy,
        coalesce(sum(g.w * r.points), 0) AS points, coalesce(sum(g.w * r.max_points), 0) AS max_points,
        coalesce(sum(r.answers), 0)::INTEGER AS answers, coalesce(sum(g.w * r.answers), 0) AS sum_u,
        coalesce(sum(g.w * g.w * r.answers), 0) AS sum_u2, coalesce(sum(g.w * r.passes), 0) AS passes,
        coalesce(sum(g.w * r.favourable), 0) AS favourable, coalesce(sum(g.w * r.unfavourable), 0) AS unfavourable,
        coalesce(sum(r.without_categories), 0) AS without_categories,
        coalesce(sum(g.w) FILTER (r.y > 89.999), 0) AS promoters, coalesce(sum(g.w) FILTER (r.y < 60.001), 0) AS detractors,
        count(*) FILTER (r.vetoes > 0) AS failed, count(*) FILTER (g.is_disputed) AS disputed
    FROM response_subjects AS r JOIN grouped AS g ON g.instrument = $instrument AND g.response_key = r.response_key
    GROUP BY g.group_key, r.subject_no),
counted AS (
    SELECT r.subject_no, r.group_key, r.n, r.sum_w, r.sum_w2, r.sum_wy, r.sum_wyy, r.sum_w2y, r.sum_w2yy, r.points, r.max_points,
        r.answers, r.sum_u, r.sum_u2, r.passes,
        -- a share of favourable answers is told only where every answer has categories
        CASE WHEN r.without_categories = 0 THEN r.favourable END AS favourable,
        CASE WHEN r.without_categories = 0 THEN r.unfavourable END AS unfavourable,
        CASE WHEN s.subject_kind = 'recommend' THEN r.promoters ELSE 0 END AS promoters,
        CASE WHEN s.subject_kind = 'recommend' THEN r.detractors ELSE 0 END AS detractors,
        CASE WHEN s.subject_kind = 'form' AND s.instrument = 'mystery' THEN r.failed ELSE 0 END AS failed,
        CASE WHEN s.subject_kind = 'form' THEN r.disputed ELSE 0 END AS disputed
    FROM summed AS r JOIN subjects AS s USING (subject_no)
    UNION ALL BY NAME
    SELECT * EXCLUDE (instrument, basis, subject_kind) FROM kept_rows
    WHERE instrument = $instrument AND basis = $basis AND subject_kind NOT IN ('item', 'dissatisfied', 'complained', 'silent', 'expected',
        'perceived', 'gap', 'answer', 'word')),  -- these stand in 43_items.sql and 44_customers.sql
sorted AS (FROM counted ORDER BY subject_no, group_key)
SELECT s.instrument, $basis, s.subject_kind, s.subject, g.month, g.wave, g.membership_key, g.stream, g.channel, g.segment,
    r.n, r.sum_w, r.sum_w2, r.sum_wy, r.sum_wyy, r.sum_w2y, r.sum_w2yy, r.points, r.max_points, r.answers, r.sum_u, r.sum_u2, r.passes,
    r.favourable, r.unfavourable, r.promoters, r.detractors, r.failed, r.disputed
FROM sorted AS r JOIN subjects AS s USING (subject_no) JOIN groups AS g USING (group_key);

RESET disabled_optimizers;
