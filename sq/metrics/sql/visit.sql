-- one row: a visit that the reader may see
SELECT r.visit_key, r.visit_id, m.store_id, m.store_name, m.region, coalesce(m.city, '') AS city, m.brand, r.visited_on,
    coalesce(r.stream, '') AS stream, coalesce(r.wave, '') AS wave, coalesce(r.shopper_id, '') AS shopper_id, r.status, r.score,
    r.is_failed, r.failed_items, r.n_items, r.n_na, coalesce(r.evidence_url, '') AS evidence_url, coalesce(r.comment, '') AS comment,
    r.batch_id
FROM visits AS r JOIN memberships AS m USING (membership_key)
WHERE {scope} AND r.visit_id = ?
