-- one row per instrument: months with data and the last day; of anonymous surveys the months in which published waves end
SELECT instrument, min(month) AS first, max(month) AS last, max(last_day) AS last_day
FROM coverage WHERE responses > 0 AND instrument NOT IN ('employee', 'internal_service', 'awareness') GROUP BY instrument
UNION ALL
SELECT instrument, date_trunc('month', min(ends_on))::DATE, date_trunc('month', max(ends_on))::DATE, max(ends_on)
FROM anonymous_waves WHERE state IN ('published', 'waiting') AND ends_on IS NOT NULL GROUP BY instrument
UNION ALL
SELECT 'aggregates', date_trunc('month', min(period_end))::DATE, date_trunc('month', max(period_end))::DATE, max(period_end)
FROM aggregates HAVING count(*) > 0
