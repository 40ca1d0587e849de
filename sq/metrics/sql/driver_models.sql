-- one row per outcome and kind of subject that has a model in this period for this place (level, place)
SELECT * EXCLUDE (period) FROM driver_models WHERE period = ? AND level = ? AND place = ? ORDER BY outcome, kind
