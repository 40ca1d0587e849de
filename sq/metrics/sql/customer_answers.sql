-- one row per answer given to a question by the customers of a selection: answers, and the sum of their weights
SELECT split_part(r.subject, ':', -1)::DOUBLE AS category, sum(r.n)::BIGINT AS n, sum(r.sum_w) AS weight
FROM rollup_scores AS r JOIN memberships AS m USING (membership_key)
WHERE r.instrument = 'customer' AND r.basis = 'all' AND r.subject_kind = 'answer'{conditions}
GROUP BY category ORDER BY category
