-- one row per group of the axes x store; a complaint counts in the month in which it was opened
WITH places AS (SELECT *, dense_rank() OVER (ORDER BY store_id) - 1 AS store_code FROM memberships)
SELECT {axes}m.store_code, {sums}
FROM rollup_complaints AS r JOIN places AS m USING (membership_key) LEFT JOIN touchpoints AS t USING (touchpoint_id)
WHERE TRUE{conditions}
GROUP BY ALL
