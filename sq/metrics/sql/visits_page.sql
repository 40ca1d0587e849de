-- one row per visit of a page of the list
SELECT r.visit_key, r.visit_id, m.store_id AS store, m.region, r.visited_on, coalesce(r.stream, '') AS stream,
    coalesce(r.wave, '') AS wave, coalesce(r.shopper_id, '') AS shopper_id, r.status, r.score, r.is_failed, r.n_items, r.n_na,
    coalesce(r.comment, '') <> '' AS has_comment, coalesce(r.evidence_url, '') <> '' AS has_evidence
FROM visits AS r JOIN memberships AS m USING (membership_key)
WHERE TRUE{conditions}
ORDER BY {order}, r.visit_key LIMIT ? OFFSET ?
