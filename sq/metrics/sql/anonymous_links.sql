-- one row per pair of waves and basis: internal service linked with employees over stores, worked out when publishing
SELECT instrument, wave, to_instrument, to_wave, lag, basis, stores, left_out, r, low, high, p, value_limit AS "limit" FROM anonymous_links
ORDER BY wave, to_wave, lag, basis
