-- Headers: who was visited or asked, when, where. Only approved and disputed visits count.

-- one row per counted response; response_key counts up by instrument, store and day
CREATE OR REPLACE TEMP TABLE headers AS
WITH counted AS (
    SELECT 'mystery' AS instrument, visit_id AS response_id, store_id, visited_on AS day, wave_id, stream,
        NULL::VARCHAR AS channel, NULL::VARCHAR AS segment, 1.0::DOUBLE AS w, coalesce(status, 'approved') = 'disputed' AS is_disputed,
        total_score
    FROM cur_mystery_visits WHERE coalesce(status, 'approved') IN ('approved', 'disputed')
    UNION ALL
    SELECT 'customer', response_id, store_id, answered_on, wave_id, NULL, channel, segment, coalesce(weight, 1)::DOUBLE, FALSE, NULL
    FROM cur_customer_responses
    UNION ALL
    SELECT 'management', audit_id, store_id, audited_on, NULL, NULL, NULL, NULL, 1.0, FALSE, NULL FROM cur_management_audits),
placed AS (
    SELECT c.*, p.membership_key FROM counted AS c ASOF JOIN places AS p ON p.store_id = c.store_id AND p.from_day <= c.day)
SELECT row_number() OVER (PARTITION BY p.instrument ORDER BY p.membership_key, p.day, p.response_id)::INTEGER AS response_key,
    p.instrument, p.response_id, p.membership_key, p.day, date_trunc('month', p.day)::DATE AS month, coalesce(p.wave_id, '') AS wave,
    coalesce(p.stream, '') AS stream, coalesce(p.channel, '') AS channel, coalesce(p.segment, '') AS segment,
    p.w, p.is_disputed, p.total_score, e.era
FROM placed AS p ASOF LEFT JOIN eras AS e ON e.instrument = p.instrument AND e.from_day <= p.day;

-- rows of the rollup whose forms were dropped
CREATE OR REPLACE TEMP TABLE kept AS
SELECT k.*, p.membership_key FROM kept_scores AS k ASOF JOIN places AS p ON p.store_id = k.store_id AND p.from_day <= k."day";

-- one row per combination of what a rollup row is about, beside its subject
CREATE OR REPLACE TEMP TABLE groups AS
SELECT row_number() OVER (ORDER BY instrument, month, wave, membership_key, stream, channel, segment)::INTEGER AS group_key, *
FROM (SELECT instrument, month, wave, membership_key, stream, channel, segment FROM headers
    UNION SELECT instrument, month, wave, membership_key, stream, channel, segment FROM kept);

-- headers in the numbers that the big joins need
CREATE OR REPLACE TEMP TABLE grouped AS
SELECT h.instrument, h.response_key, g.group_key, h.era, h.w, h.is_disputed, h.total_score
FROM headers AS h JOIN groups AS g USING (instrument, month, wave, membership_key, stream, channel, segment)
ORDER BY h.instrument, h.response_key;

-- one row per era that holds responses, and the scored items valid in it as text
CREATE OR REPLACE TEMP TABLE used_eras AS
WITH days AS (
    SELECT instrument, era, day FROM headers WHERE era IS NOT NULL
    UNION ALL SELECT k.instrument, e.era, k."day" FROM kept_days AS k
    ASOF JOIN eras AS e ON e.instrument = k.instrument AND e.from_day <= k."day"),
held AS (SELECT instrument, era, min(day) AS first_day, max(day) AS last_day FROM days GROUP BY ALL)
SELECT h.instrument, h.era, h.first_day, h.last_day, e.from_day,
    coalesce(string_agg(concat_ws(' ', i.item_key, i.weight, i.scale_min, i.scale_max, i.is_reversed), ';' ORDER BY i.item_key), '') AS signature
FROM held AS h JOIN eras AS e USING (instrument, era)
LEFT JOIN era_items AS i ON i.era = h.era AND i.is_scored
GROUP BY ALL;

-- one row per used era: the epoch it belongs to (a new one begins where the scored items, their weights or scales change)
CREATE OR REPLACE TEMP TABLE era_epochs AS
WITH steps AS (
    SELECT *, signature IS DISTINCT FROM lag(signature) OVER (PARTITION BY instrument ORDER BY era) AS is_new FROM used_eras)
SELECT *, sum(is_new::INTEGER) OVER (PARTITION BY instrument ORDER BY era)::INTEGER AS epoch FROM steps;

-- an epoch lasts until the next begins; the first begins, the last ends, with the data
INSERT INTO snapshot.epochs
WITH spans_of_epochs AS (
    SELECT instrument, epoch, min(from_day) AS from_day, min(first_day) AS first_day, max(last_day) AS last_day
    FROM era_epochs GROUP BY ALL),
begun AS (
    SELECT *, CASE WHEN epoch = 1 THEN first_day ELSE from_day END AS starts_on FROM spans_of_epochs)
SELECT instrument, epoch, starts_on,
    coalesce(lead(starts_on) OVER (PARTITION BY instrument ORDER BY epoch) - 1, last_day)::DATE
FROM begun ORDER BY instrument, epoch;

-- one row per basis and item: scored in every epoch from the first to the last, weighted as in the last
CREATE OR REPLACE TEMP TABLE basis_items AS
WITH epoch_items AS (
    SELECT e.instrument, e.epoch, i.item_key, any_value(i.weight) AS weight
    FROM era_epochs AS e JOIN era_items AS i ON i.era = e.era AND i.is_scored
    GROUP BY ALL),
recent AS (SELECT instrument, epoch, max(epoch) OVER (PARTITION BY instrument) - epoch < $most_epochs AS is_recent FROM snapshot.epochs),
pairs AS (
    SELECT a.instrument, a.epoch AS first_epoch, b.epoch AS last_epoch
    FROM recent AS a JOIN recent AS b ON a.instrument = b.instrument AND a.epoch < b.epoch
    WHERE a.is_recent AND b.is_recent)
SELECT p.instrument, p.first_epoch || '-' || p.last_epoch AS basis, p.first_epoch, p.last_epoch, i.item_key,
    max(i.weight) FILTER (WHERE i.epoch = p.last_epoch) AS weight
FROM pairs AS p
JOIN epoch_items AS i ON i.instrument = p.instrument AND i.epoch BETWEEN p.first_epoch AND p.last_epoch
GROUP BY ALL HAVING count(*) = p.last_epoch - p.first_epoch + 1;

INSERT INTO snapshot.bases
SELECT instrument, basis, first_epoch, last_epoch, count(*) FROM basis_items GROUP BY ALL ORDER BY instrument, first_epoch, last_epoch;

-- the kept rows in the numbers by which the rollup is sorted; a basis that no longer exists is left out
CREATE OR REPLACE TEMP TABLE kept_rows AS
SELECT k.instrument, CASE WHEN k.first_start IS NULL THEN 'all' ELSE b.basis END AS basis, s.subject_kind, s.subject_no, g.group_key,
    n, sum_w, sum_w2, sum_wy, sum_wyy, sum_w2y, sum_w2yy, points, max_points, answers, sum_u, sum_u2,
    passes, favourable, unfavourable, promoters, detractors, failed, disputed
FROM kept AS k
JOIN subjects AS s ON s.instrument = k.instrument AND s.subject_kind = k.subject_kind AND s.subject = k.subject
JOIN groups AS g ON g.instrument = k.instrument AND g.month = k.month AND g.wave = k.wave AND g.membership_key = k.membership_key
    AND g.stream = k.stream AND g.channel = k.channel AND g.segment = k.segment
LEFT JOIN snapshot.epochs AS first ON first.instrument = k.instrument AND first.starts_on = k.first_start
LEFT JOIN snapshot.epochs AS last ON last.instrument = k.instrument AND last.starts_on = k.last_start
LEFT JOIN snapshot.bases AS b ON b.instrument = k.instrument AND b.first_epoch = first.epoch AND b.last_epoch = last.epoch
WHERE k.first_start IS NULL OR b.basis IS NOT NULL;
