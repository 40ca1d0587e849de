-- one row per instrument: months with data and the last day
SELECT instrument, min(month) AS first, max(month) AS last, max(last_day) AS last_day
FROM coverage WHERE responses > 0 GROUP BY instrument
