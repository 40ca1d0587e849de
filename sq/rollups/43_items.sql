-- Items of one instrument ($instrument), once, for 'all': an item common to two epochs is the same item.
-- Runs after 40_scores.sql of basis 'all'. An item without weight is asked, too: its points count once.
-- names are looked up for the sorted rows in the order written here, so that the rows stay sorted
SET disabled_optimizers = 'join_order,build_side_probe_side';

INSERT INTO snapshot.rollup_scores
WITH summed AS (
    SELECT g.group_key, i.subject_no, count(*) AS n, sum(g.w) AS sum_w, sum(g.w * g.w) AS sum_w2,
        sum(g.w * a.share) AS sum_ws, sum(g.w * a.share * a.share) AS sum_wss,
        sum(g.w * g.w * a.share) AS sum_w2s, sum(g.w * g.w * a.share * a.share) AS sum_w2ss,
        sum(g.w * i.points_weight * a.share) AS points, sum(g.w * i.points_weight) AS max_points,
        coalesce(sum(g.w) FILTER (a.share = 1), 0) AS passes,
        coalesce(sum(g.w) FILTER (a.share >= i.favourable_share), 0) AS favourable,
        coalesce(sum(g.w) FILTER (a.share <= i.unfavourable_share), 0) AS unfavourable,
        count(i.favourable_share) AS with_categories
    FROM given AS a
    JOIN grouped AS g ON g.instrument = a.instrument AND g.response_key = a.response_key
    JOIN counting AS i ON i.era = g.era AND i.item_key = a.item_key
    WHERE a.instrument = $instrument AND a.share IS NOT NULL
    GROUP BY g.group_key, i.subject_no),
counted AS (
    SELECT subject_no, group_key, n, sum_w, sum_w2, sum_ws * 100 AS sum_wy, sum_wss * 10000 AS sum_wyy, sum_w2s * 100 AS sum_w2y,
        sum_w2ss * 10000 AS sum_w2yy, points, max_points, passes,
        CASE WHEN with_categories = n THEN favourable END AS favourable, CASE WHEN with_categories = n THEN unfavourable END AS unfavourable
    FROM summed
    UNION ALL BY NAME
    SELECT * EXCLUDE (instrument, basis, subject_kind, answers, sum_u, sum_u2, promoters, detractors, failed, disputed) FROM kept_rows
    WHERE instrument = $instrument AND basis = 'all' AND subject_kind = 'item'),
sorted AS (FROM counted ORDER BY subject_no, group_key)
SELECT s.instrument, 'all', s.subject_kind, s.subject, g.month, g.wave, g.membership_key, g.stream, g.channel, g.segment,
    r.n, r.sum_w, r.sum_w2, r.sum_wy, r.sum_wyy, r.sum_w2y, r.sum_w2yy, r.points, r.max_points,
    r.n, r.sum_w, r.sum_w2, r.passes, r.favourable, r.unfavourable, 0, 0, 0, 0
FROM sorted AS r JOIN subjects AS s USING (subject_no) JOIN groups AS g USING (group_key);

RESET disabled_optimizers;
