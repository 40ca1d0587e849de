-- one row per anonymous survey and wave that has answers, newest first; invited and response_rate of the whole chain
SELECT a.instrument, a.wave, coalesce(w.name, '') AS name, a.state, a.ends_on, a.first_published, a.last_published,
    a.minimum_group, a.minimum_sensitive, a.waiting, a.shown, a.few, a.neighbour, c.n AS answers, c.invited, c.response_rate
FROM anonymous_waves AS a
LEFT JOIN waves AS w ON w.instrument = a.instrument AND w.wave_id = a.wave
LEFT JOIN cells AS c ON c.instrument = a.instrument AND c.wave = a.wave AND c.level = 'chain' AND c.role = '' AND c.tenure = ''
    AND c.subject_kind = 'form' AND c.hidden = ''
ORDER BY CASE a.instrument WHEN 'employee' THEN 1 WHEN 'internal_service' THEN 2 ELSE 3 END, a.ends_on DESC, a.wave DESC
