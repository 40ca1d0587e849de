-- one row per store of a period with its score as it is and as it would be with average shoppers
SELECT * EXCLUDE (period) FROM store_adjusted WHERE period = ? ORDER BY store_id
