-- One scored row per customer response, and its dimension and touchpoint scores; runs when the customer scores on basis 'all' are at hand.
INSERT INTO snapshot.response_scores
SELECT response_key, subject_kind, subject, y FROM response_subjects JOIN subjects USING (subject_no)
WHERE subject_kind IN ('dimension', 'touchpoint') ORDER BY response_key, subject_no;

-- recommend is the answer itself, 0-10; index_score and overall are 0-100
INSERT INTO snapshot.responses
WITH scores AS (
    SELECT response_key, max(y) FILTER (subject_kind = 'form') AS index_score, max(y) FILTER (subject_kind = 'overall') AS overall,
        max(y) FILTER (subject_kind = 'recommend') / 10 AS recommend
    FROM response_subjects JOIN subjects USING (subject_no) GROUP BY ALL)
SELECT h.response_key, h.response_id, h.membership_key, h.day, h.month, h.wave, h.channel, h.segment, h.w,
    c.has_complained, s.index_score, s.overall, s.recommend, c.comment, c.batch_id
FROM headers AS h
JOIN cur_customer_responses AS c USING (response_id)
LEFT JOIN scores AS s USING (response_key)
WHERE h.instrument = 'customer'
ORDER BY h.response_key;
