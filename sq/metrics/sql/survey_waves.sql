-- one row per wave of an anonymous survey that is published, oldest first
SELECT a.wave, coalesce(w.name, a.wave) AS name, a.ends_on, a.minimum_group, a.minimum_sensitive
FROM anonymous_waves AS a LEFT JOIN waves AS w ON w.instrument = a.instrument AND w.wave_id = a.wave
WHERE a.instrument = ? AND a.state IN ('published', 'waiting') AND a.ends_on IS NOT NULL
ORDER BY a.ends_on, a.wave
