-- one row per target of a metric that is valid on a day, the newest for each place
SELECT level, place, target FROM targets WHERE metric = ? AND valid_from <= ?
QUALIFY row_number() OVER (PARTITION BY level, place ORDER BY valid_from DESC) = 1
