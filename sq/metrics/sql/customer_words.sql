-- one row per word of customers' comments in a selection ('' = all comments) and side of who wrote it: comments that hold it
SELECT split_part(r.subject, ':', 1) AS attitude, substr(r.subject, strpos(r.subject, ':') + 1) AS term, sum(r.n)::BIGINT AS n
FROM rollup_scores AS r JOIN memberships AS m USING (membership_key)
WHERE r.instrument = 'customer' AND r.basis = 'all' AND r.subject_kind = 'word'{conditions}
GROUP BY ALL ORDER BY ALL
