-- one row per shopper of a period, the most lenient first
SELECT * EXCLUDE (period) FROM shopper_effects WHERE period = ? ORDER BY severity DESC NULLS LAST, shopper_id
