-- one row: the customer responses in a selection
SELECT count(*) AS total, count(*) FILTER (coalesce(r.comment, '') <> '') AS commented
FROM responses AS r JOIN memberships AS m USING (membership_key)
WHERE TRUE{conditions}
