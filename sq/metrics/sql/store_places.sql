-- store_places
-- one row per own or named store that the reader may see and whose coordinates are known, where it is now
SELECT m.store_id AS store, m.brand, m.latitude, m.longitude FROM memberships AS m
WHERE {scope} AND m.latitude BETWEEN -90 AND 90 AND m.longitude BETWEEN -180 AND 180 AND NOT (m.latitude = 0 AND m.longitude = 0)
QUALIFY row_number() OVER (PARTITION BY m.store_id ORDER BY m.is_current DESC, m.valid_from DESC NULLS LAST) = 1
ORDER BY m.store_id
