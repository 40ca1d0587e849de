-- one row per place, subject and period: results that others published, or the mean of the places below that have some
WITH chosen AS (
    SELECT instrument, subject, period_end, max(period_start) AS period_start FROM aggregates
    WHERE statistic = ? AND subject_kind = ?{months} GROUP BY instrument, subject, period_end
    {latest}),
located AS (
    SELECT a.*, a.instrument || CASE WHEN a.subject = '' THEN '' ELSE ':' || a.subject END AS qualified,
        CASE a.level WHEN 'region' THEN a.place WHEN 'chain' THEN '' WHEN 'department' THEN '' ELSE coalesce(m.region, '') END AS region,
        CASE a.level WHEN 'city' THEN a.place WHEN 'store' THEN coalesce(m.city, '') ELSE '' END AS city,
        CASE a.level WHEN 'store' THEN a.place ELSE '' END AS store,
        CASE a.level WHEN 'department' THEN a.place ELSE '' END AS department
    FROM aggregates AS a JOIN chosen USING (instrument, subject, period_start, period_end)
    LEFT JOIN memberships AS m ON CASE a.level WHEN 'store' THEN m.store_id = a.place WHEN 'city' THEN m.city = a.place END
        AND coalesce(m.valid_from, DATE '0001-01-01') <= a.period_end AND coalesce(m.valid_to, DATE '9999-12-31') >= a.period_end
    WHERE a.statistic = ? AND a.subject_kind = ? AND a.level = ? AND coalesce(m.brand, '') = ''
    QUALIFY row_number() OVER (PARTITION BY a.instrument, a.subject, a.place, a.period_start, a.period_end ORDER BY m.membership_key) = 1)
SELECT {axes}a.qualified AS subject, a.period_start, a.period_end, count(*) AS places, sum(a.value) AS total, count(a.n) AS counted,
    sum(a.n)::DOUBLE AS n, sum(a.n * a.value) AS weighted, min(a.n_min) AS n_min, max(a.n_max) AS n_max,
    bit_xor(hash(a.level || ':' || a.place)) AS members
FROM located AS a
WHERE TRUE{conditions}
GROUP BY ALL
ORDER BY ALL
