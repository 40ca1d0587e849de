-- The rollup in the order in which pages read it: a click touches few row groups.
INSERT INTO snapshot.rollup_scores
SELECT s.instrument, r.basis, s.subject_kind, s.subject, g.month, g.wave, g.membership_key, g.stream, g.channel, g.segment,
    r.* EXCLUDE (group_key, basis, subject_no)
FROM rolled AS r JOIN subjects AS s USING (subject_no) JOIN groups AS g USING (group_key)
ORDER BY s.instrument, r.basis, r.subject_no, g.group_key;
