-- What the slow estimates about shoppers start from: periods, own visits with what each shopper did in them, days on the road.
CREATE OR REPLACE TEMP TABLE shopper_periods AS
WITH seen AS (
    SELECT instrument, min(month) AS first, max(last_day) AS last FROM snapshot.coverage
    WHERE responses > 0 AND instrument NOT IN ('employee', 'internal_service', 'awareness') GROUP BY instrument),
visited AS (
    SELECT first, date_trunc('month', last)::DATE AS month, last_day(last) AS month_end, last, (SELECT max(last) FROM seen) AS newest
    FROM seen WHERE instrument = 'mystery'),
-- a month is over when its last week has visits, or when anything newer is known (as in sq/analyses/periods.py)
complete AS (
    SELECT first, month AS running, greatest(first, CASE WHEN month_end - last < 7 OR newest > month_end THEN month
        ELSE (month - INTERVAL 1 MONTH)::DATE END) AS month FROM visited)
SELECT 'recent' AS period, greatest(first, (month - INTERVAL 11 MONTH)::DATE) AS first_month, month AS last_month FROM complete
UNION ALL SELECT 'all', first, running FROM complete;

CREATE OR REPLACE TEMP TABLE shopper_visits AS
WITH kinds AS (
    SELECT item_key, bool_and(scale_max - scale_min > 1) AS is_graded FROM snapshot.items
    WHERE instrument = 'mystery' AND role = 'score' GROUP BY item_key),
marks AS (
    SELECT a.visit_key, count(*) AS n, min(a.share) AS low, max(a.share) AS high, count(*) FILTER (k.is_graded) AS graded,
        min(a.share) FILTER (k.is_graded) AS graded_low, max(a.share) FILTER (k.is_graded) AS graded_high
    FROM snapshot.visit_answers AS a JOIN kinds AS k USING (item_key) WHERE a.share IS NOT NULL GROUP BY a.visit_key)
SELECT v.visit_key, m.store_id, m.region, v.visited_on, v.month, coalesce(v.stream, '') AS stream, coalesce(e.epoch, 0) AS epoch,
    coalesce(v.shopper_id, '') AS shopper_id, v.score, v.n_items, v.n_na,
    CASE WHEN k.graded >= $fewest_graded THEN k.graded_low = k.graded_high WHEN k.n >= $fewest_marks THEN k.low = k.high END AS is_straight
FROM snapshot.visits AS v JOIN snapshot.memberships AS m USING (membership_key)
LEFT JOIN snapshot.epochs AS e ON e.instrument = 'mystery' AND v.visited_on BETWEEN e.starts_on AND e.ends_on
LEFT JOIN marks AS k USING (visit_key)
WHERE m.brand = '' ORDER BY v.visited_on, v.visit_key;

CREATE OR REPLACE TEMP TABLE shopper_days AS
WITH days AS (
    SELECT p.period, v.shopper_id, v.visited_on, count(*) AS visits
    FROM snapshot.visits AS v JOIN shopper_periods AS p ON v.month BETWEEN p.first_month AND p.last_month
    WHERE coalesce(v.shopper_id, '') <> '' GROUP BY ALL)
SELECT period, shopper_id, count(*) AS days, avg(visits) AS a_day, max(visits) AS most_a_day FROM days GROUP BY ALL;

-- one row per mark of an occasion that two or more shoppers scored: the latest few hundred of each period
CREATE OR REPLACE TEMP TABLE shopper_double_marks AS
WITH occasions AS (
    SELECT p.period, v.store_id, v.visited_on, v.stream, row_number() OVER (PARTITION BY p.period ORDER BY v.visited_on DESC, v.store_id, v.stream) AS occasion
    FROM shopper_visits AS v JOIN shopper_periods AS p ON v.month BETWEEN p.first_month AND p.last_month
    WHERE v.shopper_id <> '' GROUP BY p.period, v.store_id, v.visited_on, v.stream HAVING count(DISTINCT v.shopper_id) > 1
    QUALIFY occasion <= $most_occasions),
scored AS (
    SELECT o.period, o.occasion, v.visit_key, v.score,
        row_number() OVER (PARTITION BY o.period, o.occasion ORDER BY v.shopper_id, v.visit_key) AS observer
    FROM occasions AS o JOIN shopper_visits AS v USING (store_id, visited_on, stream) WHERE v.shopper_id <> ''
    QUALIFY row_number() OVER (PARTITION BY o.period, o.occasion, v.shopper_id ORDER BY v.visit_key) = 1),
kinds AS (
    SELECT item_key, CASE WHEN bool_or(is_veto) THEN 'veto' WHEN bool_and(scale_max - scale_min > 1) THEN 'graded' ELSE 'yes_no' END AS item_kind
    FROM snapshot.items WHERE instrument = 'mystery' AND role = 'score' GROUP BY item_key)
SELECT s.period, 'score' AS item_kind, s.occasion, 0 AS item_key, s.observer, s.score AS mark FROM scored AS s WHERE s.score IS NOT NULL
UNION ALL
SELECT s.period, k.item_kind, s.occasion, a.item_key, s.observer, a.share * 100
FROM scored AS s JOIN snapshot.visit_answers AS a USING (visit_key) JOIN kinds AS k USING (item_key) WHERE a.share IS NOT NULL
ORDER BY ALL;
