-- one row per group and problem that its forms name, the most frequent first
SELECT cell_key, side, problem, share, coalesce(share_limit, '') AS "limit" FROM cell_problems
WHERE cell_key IN (SELECT unnest(?::INTEGER[])) ORDER BY cell_key, side, share DESC, problem
