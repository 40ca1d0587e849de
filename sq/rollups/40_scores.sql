-- Scores of one instrument on one basis ($instrument, $basis; 'all' = every item of its own day).
-- Sums of answers per response and cell, then per response and subject, then per group and subject.

-- one row per item span and epoch that counts on this basis
CREATE OR REPLACE TEMP TABLE counting AS
SELECT i.era, i.item_key, i.cell, i.subject_no, i.role, i.is_veto, i.favourable_share, i.unfavourable_share, i.weight
FROM era_items AS i WHERE $basis = 'all' AND i.instrument = $instrument
UNION ALL
SELECT i.era, i.item_key, i.cell, i.subject_no, i.role, i.is_veto, i.favourable_share, i.unfavourable_share, b.weight
FROM era_items AS i
JOIN era_epochs AS e ON e.era = i.era
JOIN basis_items AS b ON b.instrument = i.instrument AND b.item_key = i.item_key AND e.epoch BETWEEN b.first_epoch AND b.last_epoch
WHERE i.instrument = $instrument AND b.basis = $basis AND i.is_scored;

-- one row per response and cell; counts of answers leave out items without weight, a veto does not
CREATE OR REPLACE TEMP TABLE cell_sums AS
SELECT g.response_key, i.cell,
    sum(i.weight * a.share) AS points, sum(i.weight) FILTER (a.share IS NOT NULL) AS max_points,
    count(a.share) FILTER (i.weight > 0) AS answers,
    count(*) FILTER (a.share = 1 AND i.weight > 0) AS passes,
    count(*) FILTER (a.share >= i.favourable_share AND i.weight > 0) AS favourable,
    count(*) FILTER (a.share <= i.unfavourable_share AND i.weight > 0) AS unfavourable,
    count(a.share) FILTER (i.favourable_share IS NULL AND i.weight > 0) AS without_categories,
    count(*) FILTER (i.is_veto AND a.share < 1) AS vetoes,
    count(*) AS asked, count(a.share) AS applicable
FROM given AS a
JOIN grouped AS g ON g.instrument = a.instrument AND g.response_key = a.response_key
JOIN counting AS i ON i.era = g.era AND i.item_key = a.item_key
WHERE a.instrument = $instrument AND i.cell IS NOT NULL
GROUP BY g.response_key, i.cell;

-- one row per response and subject with a score
CREATE OR REPLACE TEMP TABLE response_subjects AS
SELECT c.response_key, s.subject_no, 100 * sum(c.points) / sum(c.max_points) AS y,
    sum(c.points) AS points, sum(c.max_points) AS max_points, sum(c.answers) AS answers, sum(c.passes) AS passes,
    sum(c.favourable) AS favourable, sum(c.unfavourable) AS unfavourable, sum(c.without_categories) AS without_categories,
    sum(c.vetoes) AS vetoes
FROM cell_sums AS c JOIN cell_subjects AS s USING (cell)
GROUP BY c.response_key, s.subject_no HAVING sum(c.max_points) > 0;

-- a visit of which only the total is known
INSERT INTO response_subjects BY NAME
SELECT g.response_key, s.subject_no, g.total_score AS y
FROM grouped AS g JOIN subjects AS s ON s.instrument = g.instrument AND s.subject_kind = 'form'
WHERE $basis = 'all' AND g.instrument = $instrument AND g.total_score IS NOT NULL
    AND NOT EXISTS (FROM cell_sums AS c JOIN cells USING (cell) WHERE c.response_key = g.response_key AND role = 'score');

INSERT INTO rolled
SELECT g.group_key, $basis, r.subject_no, count(*), sum(g.w), sum(g.w * g.w), sum(g.w * r.y), sum(g.w * r.y * r.y),
    sum(g.w * g.w * r.y), sum(g.w * g.w * r.y * r.y), coalesce(sum(g.w * r.points), 0), coalesce(sum(g.w * r.max_points), 0),
    coalesce(sum(r.answers), 0), coalesce(sum(g.w * r.answers), 0), coalesce(sum(g.w * g.w * r.answers), 0),
    coalesce(sum(g.w * r.passes), 0),
    CASE WHEN coalesce(sum(r.without_categories), 0) = 0 THEN coalesce(sum(g.w * r.favourable), 0) END,
    CASE WHEN coalesce(sum(r.without_categories), 0) = 0 THEN coalesce(sum(g.w * r.unfavourable), 0) END,
    coalesce(sum(g.w) FILTER (s.subject_kind = 'recommend' AND r.y > 89.999), 0),
    coalesce(sum(g.w) FILTER (s.subject_kind = 'recommend' AND r.y < 60.001), 0),
    count(*) FILTER (s.subject_kind = 'form' AND s.instrument = 'mystery' AND r.vetoes > 0),
    count(*) FILTER (s.subject_kind = 'form' AND g.is_disputed)
FROM response_subjects AS r
JOIN subjects AS s USING (subject_no)
JOIN grouped AS g ON g.instrument = s.instrument AND g.response_key = r.response_key
GROUP BY g.group_key, r.subject_no;

-- items stand once, for 'all': an item common to two epochs is the same item
INSERT INTO rolled
SELECT g.group_key, 'all', i.subject_no, count(*), sum(g.w), sum(g.w * g.w),
    sum(g.w * a.share) * 100, sum(g.w * a.share * a.share) * 10000,
    sum(g.w * g.w * a.share) * 100, sum(g.w * g.w * a.share * a.share) * 10000,
    sum(g.w * a.share * CASE WHEN i.weight > 0 THEN i.weight ELSE 1 END), sum(g.w * CASE WHEN i.weight > 0 THEN i.weight ELSE 1 END),
    count(*), sum(g.w), sum(g.w * g.w),
    sum(g.w) FILTER (a.share = 1),
    CASE WHEN count(*) = count(i.favourable_share) THEN sum(g.w) FILTER (a.share >= i.favourable_share) END,
    CASE WHEN count(*) = count(i.favourable_share) THEN sum(g.w) FILTER (a.share <= i.unfavourable_share) END,
    0, 0, 0, 0
FROM given AS a
JOIN grouped AS g ON g.instrument = a.instrument AND g.response_key = a.response_key
JOIN counting AS i ON i.era = g.era AND i.item_key = a.item_key
WHERE $basis = 'all' AND a.instrument = $instrument AND a.share IS NOT NULL
GROUP BY g.group_key, i.subject_no;
