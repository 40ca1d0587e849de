-- one row per instrument and month
SELECT instrument, month, stores_with_data, stores_open, responses, last_day FROM coverage
ORDER BY CASE instrument WHEN 'mystery' THEN 1 WHEN 'customer' THEN 2 WHEN 'complaints' THEN 3 WHEN 'employee' THEN 4
    WHEN 'internal_service' THEN 5 WHEN 'awareness' THEN 6 ELSE 7 END, month
