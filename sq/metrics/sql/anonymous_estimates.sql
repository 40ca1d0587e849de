-- one row per estimate of a wave: company and regions that are large enough
SELECT level, region, statistic, outcome, subject, n, "value", low, high, r, beta, p, value_limit AS "limit"
FROM anonymous_estimates WHERE instrument = ? AND wave = ? ORDER BY ALL
