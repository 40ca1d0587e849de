-- one row per comment of a group and wave, in the shuffled order in which it was published
SELECT comment FROM cell_comments
WHERE instrument = ? AND wave = ? AND level = ? AND region = ? AND city = ? AND store_id = ? AND department_id = ?
