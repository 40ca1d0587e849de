-- one row per shopper, store and region in a selection; visits without a shopper have ''
SELECT coalesce(r.shopper_id, '') AS shopper_id, m.store_id AS store_id, m.region, count(*) AS visits
FROM visits AS r JOIN memberships AS m USING (membership_key)
WHERE TRUE{conditions} GROUP BY ALL ORDER BY ALL
