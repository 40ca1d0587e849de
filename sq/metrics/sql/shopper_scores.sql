-- one row per place and shopper in a selection: scored visits and the sum of their scores
SELECT {axis} AS id, coalesce(r.shopper_id, '') AS shopper_id, count(*) AS n, sum(r.score) AS total
FROM visits AS r JOIN memberships AS m USING (membership_key)
WHERE r.score IS NOT NULL{conditions} GROUP BY ALL ORDER BY ALL
