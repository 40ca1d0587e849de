-- one row: how many results others published, of how many places, from when to when
SELECT count(*) AS results, count(DISTINCT (level, place)) AS places, min(period_start) AS first, max(period_end) AS last FROM aggregates
