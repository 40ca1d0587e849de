-- one row per group of the axes x store; identifiers in braces come from closed lists, values are bound
WITH places AS (SELECT *, dense_rank() OVER (ORDER BY store_id) - 1 AS store_code FROM memberships)
SELECT {axes}m.store_code, {sums}
FROM rollup_scores AS r JOIN places AS m USING (membership_key)
WHERE r.instrument = ? AND r.basis = ? AND r.subject_kind = ?{conditions}
GROUP BY ALL
