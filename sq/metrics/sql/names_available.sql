-- one row: which metrics have data
SELECT
    EXISTS (FROM rollup_scores WHERE instrument = 'mystery' AND basis = 'all' AND subject_kind = 'form') AS mystery_score,
    EXISTS (FROM items WHERE instrument = 'mystery' AND is_veto) AS failed_visits,
    EXISTS (FROM rollup_scores WHERE instrument = 'mystery' AND basis = 'all' AND subject_kind = 'item') AS item_pass_rate,
    EXISTS (FROM rollup_scores WHERE instrument = 'customer' AND basis = 'all' AND subject_kind = 'form') AS customer_index,
    EXISTS (FROM rollup_scores WHERE instrument = 'customer' AND basis = 'all' AND subject_kind = 'overall') AS overall_satisfaction,
    EXISTS (FROM rollup_scores WHERE instrument = 'customer' AND basis = 'all' AND subject_kind = 'recommend') AS nps,
    EXISTS (FROM rollup_scores WHERE instrument = 'customer' AND basis = 'all' AND subject_kind = 'form'
        AND favourable IS NOT NULL) AS favourable_share,
    EXISTS (FROM rollup_complaints AS c JOIN volumes AS v ON v.month = c.month AND v.customers > 0) AS complaint_rate,
    EXISTS (FROM rollup_complaints WHERE responded > 0) AS response_hours,
    EXISTS (FROM rollup_complaints WHERE resolved > 0) AS resolution_hours,
    EXISTS (FROM rollup_complaints WHERE resolved > 0) AS resolution_rate,
    EXISTS (FROM complaints WHERE is_repeat IS NOT NULL) AS repeat_rate,
    EXISTS (FROM rollup_complaints WHERE limited > 0) AS in_time_rate
