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

-- one row per combination of what a rollup row is about, beside its subject
CREATE OR REPLACE TEMP TABLE groups AS
SELECT row_number() OVER (ORDER BY instrument, month, wave, membership_key, stream, channel, segment)::INTEGER AS group_key, *
FROM (SELECT DISTINCT instrument, month, wave, membership_key, stream, channel, segment FROM headers);

-- headers in the numbers that the big joins need
CREATE OR REPLACE TEMP TABLE grouped AS
SELECT h.instrument, h.response_key, g.group_key, h.era, h.w, h.is_disputed, h.total_score
FROM headers AS h JOIN groups AS g USING (instrument, month, wave, membership_key, stream, channel, segment)
ORDER BY h.instrument, h.response_key;

-- one row per era that holds responses, and the scored items valid in it as text
CREATE OR REPLACE TEMP TABLE used_eras AS
WITH held AS (SELECT instrument, era, min(day) AS first_day, max(day) AS last_day FROM headers WHERE era IS NOT NULL GROUP BY ALL)
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
