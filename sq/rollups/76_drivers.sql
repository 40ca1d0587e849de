-- What the drivers of customers' satisfaction are estimated from: periods, responses of own stores, their scores by subject.
CREATE OR REPLACE TEMP TABLE driver_periods AS
WITH seen AS (
    SELECT instrument, min(month) AS first, max(last_day) AS last FROM snapshot.coverage
    WHERE responses > 0 AND instrument NOT IN ('employee', 'internal_service', 'awareness') GROUP BY instrument),
answered AS (
    SELECT first, date_trunc('month', last)::DATE AS month, last_day(last) AS month_end, last, (SELECT max(last) FROM seen) AS newest
    FROM seen WHERE instrument = 'customer'),
-- a month is over when its last week has answers, or when anything newer is known (as in sq/analyses/periods.py)
complete AS (
    SELECT first, month AS running, greatest(first, CASE WHEN month_end - last < 7 OR newest > month_end THEN month
        ELSE (month - INTERVAL 1 MONTH)::DATE END) AS month FROM answered)
SELECT 'recent' AS period, greatest(first, (month - INTERVAL 11 MONTH)::DATE) AS first_month, month AS last_month FROM complete
UNION ALL SELECT 'all', first, running FROM complete;

-- of a region with very many responses those with the smallest hash: the same in every publication
CREATE OR REPLACE TEMP TABLE driver_responses AS
SELECT p.period, r.response_key, m.store_id, m.region, r.overall, 10 * r.recommend AS recommend
FROM snapshot.responses AS r JOIN snapshot.memberships AS m USING (membership_key)
JOIN driver_periods AS p ON r.month BETWEEN p.first_month AND p.last_month
WHERE m.brand = '' AND (r.overall IS NOT NULL OR r.recommend IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY p.period, m.region ORDER BY hash(r.response_id), r.response_id) <= $most_responses;

CREATE OR REPLACE TEMP TABLE driver_keys AS SELECT DISTINCT response_key FROM driver_responses;

-- an element of service is what its questions of role perception say, else those that count
CREATE OR REPLACE TEMP TABLE driver_elements AS
WITH asked AS (
    SELECT DISTINCT element_id, item_key, role FROM item_spans
    WHERE instrument = 'customer' AND element_id IS NOT NULL AND role IN ('perception', 'score'))
SELECT element_id, item_key FROM asked AS a
WHERE role = 'perception' OR NOT EXISTS (FROM asked AS p WHERE p.element_id = a.element_id AND p.role = 'perception');

-- what follows from satisfaction moves nothing: loyalty, and every dimension that holds a question about the outcome
CREATE OR REPLACE TEMP TABLE driver_outcomes AS
SELECT 'dimension' AS subject_kind, $outcome_dimension AS subject
UNION SELECT 'dimension', dimension_id FROM item_spans
WHERE instrument = 'customer' AND dimension_id IS NOT NULL AND role IN ('overall', 'recommend', 'outcome');

CREATE OR REPLACE TEMP TABLE driver_scores AS
SELECT s.subject_kind AS kind, s.subject, s.response_key, s.score
FROM snapshot.response_scores AS s SEMI JOIN driver_keys USING (response_key)
ANTI JOIN driver_outcomes AS o ON o.subject_kind = s.subject_kind AND o.subject = s.subject
WHERE s.score IS NOT NULL
UNION ALL
SELECT 'element', e.element_id, a.response_key, 100 * avg(a.share)
FROM snapshot.response_answers AS a SEMI JOIN driver_keys USING (response_key) JOIN driver_elements AS e USING (item_key)
WHERE a.share IS NOT NULL GROUP BY ALL;
