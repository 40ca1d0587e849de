-- one row per group of the axes x store: the customers that complaints are related to
WITH places AS (SELECT *, dense_rank() OVER (ORDER BY store_id) - 1 AS store_code FROM memberships)
SELECT {axes}m.store_code, sum(r.customers) AS den
FROM volumes AS r JOIN places AS m USING (membership_key)
WHERE r.customers > 0{conditions}
GROUP BY ALL
