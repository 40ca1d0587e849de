-- one row per subject of one model: period, level, place, outcome, kind
SELECT * EXCLUDE (period, level, place, outcome, kind) FROM driver_weights
WHERE period = ? AND level = ? AND place = ? AND outcome = ? AND kind = ? ORDER BY subject
