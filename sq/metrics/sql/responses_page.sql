-- one row per customer response of a page of the list
SELECT r.response_id, m.store_id AS store, m.region, r.answered_on, coalesce(r.channel, '') AS channel,
    coalesce(r.segment, '') AS segment, r.weight, r.index_score, r.overall, r.recommend, r.has_complained,
    coalesce(r.comment, '') AS comment
FROM responses AS r JOIN memberships AS m USING (membership_key)
WHERE TRUE{conditions}
ORDER BY {order}, r.response_key LIMIT ? OFFSET ?
