-- store_facts
-- one row per membership of a store that the reader may see, oldest first
SELECT m.store_name, m.region, coalesce(m.city, '') AS city, coalesce(m.format, '') AS format, m.brand, m.valid_from, m.is_current,
    m.opened_on, m.closed_on, m.staff_count
FROM memberships AS m WHERE {scope} AND m.store_id = ? ORDER BY m.valid_from NULLS FIRST, m.membership_key
