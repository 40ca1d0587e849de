-- one row per membership the reader may see
SELECT store_id, store_name, region, coalesce(city, '') AS city, coalesce(format, '') AS format, region_now,
    coalesce(city_now, '') AS city_now, coalesce(format_now, '') AS format_now, brand, is_current, staff_count
FROM memberships AS m WHERE {scope} ORDER BY brand, region_now, city_now, store_id, membership_key
