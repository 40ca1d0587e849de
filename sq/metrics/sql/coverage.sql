-- one row per instrument and month
SELECT instrument, month, stores_with_data, stores_open, responses, last_day FROM coverage
ORDER BY CASE instrument WHEN 'mystery' THEN 1 WHEN 'customer' THEN 2 ELSE 3 END, month
