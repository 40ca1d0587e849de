-- one row: the visits in a selection
SELECT count(*) AS total, count(*) FILTER (r.is_failed) AS failed, count(*) FILTER (r.status = 'disputed') AS disputed
FROM visits AS r JOIN memberships AS m USING (membership_key)
WHERE TRUE{conditions}
