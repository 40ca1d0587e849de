-- Reference tables and the small helpers that every later step joins: places, items by day, eras.
-- Read: cur_<table> views of the intake. Written: snapshot.<table>. $today = where stores belong "now".

-- one row per store and span of membership, with the days it reaches when open ends are filled
CREATE OR REPLACE TEMP TABLE spans AS
WITH cut AS (
    SELECT *, coalesce(valid_from, DATE '0001-01-01') AS from_day,
        lead(valid_from) OVER (PARTITION BY store_id ORDER BY valid_from NULLS FIRST) AS next_from
    FROM cur_stores)
SELECT row_number() OVER (ORDER BY store_id, from_day)::INTEGER AS membership_key, *,
    row_number() OVER (PARTITION BY store_id ORDER BY (from_day <= $today) DESC,
        CASE WHEN from_day <= $today THEN from_day END DESC, from_day) = 1 AS is_current
FROM cut;

INSERT INTO snapshot.memberships
SELECT s.membership_key, s.store_id, s.store_name, s.region, s.city, s.format,
    now.region, now.city, now.format, coalesce(s.brand, ''), s.valid_from, s.valid_to, s.is_current,
    s.opened_on, s.closed_on, s.staff_count, s.latitude, s.longitude
FROM spans AS s JOIN spans AS now ON now.store_id = s.store_id AND now.is_current
ORDER BY s.membership_key;

-- one row per membership and the days on which events of the store count there: no gap, so that no event is lost
-- (a day before the first span counts in the first, a day after a closed span in that span)
CREATE OR REPLACE TEMP TABLE places AS
SELECT membership_key, store_id, coalesce(brand, '') = '' AS is_own, opened_on, closed_on,
    CASE WHEN row_number() OVER (PARTITION BY store_id ORDER BY from_day) = 1
        THEN DATE '0001-01-01' ELSE from_day END AS from_day
FROM spans;

INSERT INTO snapshot.touchpoints
SELECT touchpoint_id, name_zh, name_en, stage, position FROM cur_touchpoints ORDER BY position, touchpoint_id;

INSERT INTO snapshot.departments SELECT department_id, name_zh, name_en FROM cur_departments ORDER BY department_id;

INSERT INTO snapshot.dimensions
SELECT instrument, dimension_id, name_zh, name_en, position, coalesce(is_sensitive, FALSE) FROM cur_dimensions
ORDER BY instrument, position, dimension_id;

-- items of anonymous instruments stay: texts, no answers
INSERT INTO snapshot.items
WITH places_of_items AS (
    SELECT i.*, row_number() OVER (PARTITION BY i.instrument
        ORDER BY t.position NULLS LAST, d.position NULLS LAST, i.batch_id, i.row_no) AS row_position
    FROM cur_items AS i
    LEFT JOIN cur_touchpoints AS t USING (touchpoint_id)
    LEFT JOIN cur_dimensions AS d ON d.instrument = i.instrument AND d.dimension_id = i.dimension_id)
SELECT dense_rank() OVER (ORDER BY instrument, item_id)::INTEGER, instrument, item_id, text_zh, text_en,
    touchpoint_id, dimension_id, scale_min, scale_max, coalesce(is_reversed, FALSE), coalesce(weight, 1),
    coalesce(is_veto, FALSE), coalesce(role, 'score'), element_id, valid_from, valid_to,
    min(row_position) OVER (PARTITION BY instrument, item_id)::INTEGER
FROM places_of_items ORDER BY instrument, row_position;

INSERT INTO snapshot.waves SELECT instrument, wave_id, name, starts_on, ends_on FROM cur_waves ORDER BY instrument, starts_on, wave_id;
INSERT INTO snapshot.aggregates
SELECT instrument, level, coalesce(place, ''), period_start, period_end,
    CASE WHEN item_id IS NOT NULL THEN 'item' WHEN dimension_id IS NOT NULL THEN 'dimension' ELSE 'form' END,
    coalesce(item_id, dimension_id, ''), statistic, "value", n, n_min, n_max, response_rate
FROM cur_aggregates ORDER BY ALL;
INSERT INTO snapshot.targets SELECT metric, level, coalesce(place, ''), valid_from, target FROM cur_targets ORDER BY ALL;
INSERT INTO snapshot.trainings
SELECT training_id, course, touchpoint_ids, store_id, held_on, attendees, passed FROM cur_trainings ORDER BY held_on, training_id, store_id;
INSERT INTO snapshot.notes SELECT note_id, level, coalesce(place, ''), happened_on, text FROM cur_notes ORDER BY happened_on, note_id;

-- one row per item and span of validity without overlap; categories = number of points of an integer scale of 2-11
CREATE OR REPLACE TEMP TABLE item_spans AS
WITH cut AS (
    SELECT *, coalesce(valid_from, DATE '0001-01-01') AS from_day,
        least(coalesce(valid_to, DATE '9999-12-31'), coalesce(lead(valid_from) OVER (
            PARTITION BY item_key ORDER BY valid_from NULLS FIRST) - 1, DATE '9999-12-31'))::DATE AS to_day
    FROM snapshot.items WHERE instrument IN ('mystery', 'customer', 'management'))
SELECT row_number() OVER (ORDER BY item_key, from_day)::INTEGER AS span_key, *, role = 'score' AND weight > 0 AS is_scored,
    CASE WHEN scale_min = floor(scale_min) AND scale_max = floor(scale_max) AND scale_max - scale_min BETWEEN 1 AND 10
        THEN (scale_max - scale_min + 1)::INTEGER END AS categories
FROM cut WHERE from_day <= to_day;

-- one row per instrument and span of days in which no item's validity changes
CREATE OR REPLACE TEMP TABLE eras AS
WITH bounds AS (
    SELECT instrument, DATE '0001-01-01' AS from_day FROM item_spans
    UNION SELECT instrument, from_day FROM item_spans
    UNION SELECT instrument, (to_day + 1)::DATE FROM item_spans WHERE to_day < DATE '9999-12-31')
SELECT row_number() OVER (ORDER BY instrument, from_day)::INTEGER AS era, instrument, from_day,
    coalesce(lead(from_day) OVER (PARTITION BY instrument ORDER BY from_day) - 1, DATE '9999-12-31')::DATE AS to_day
FROM bounds;

-- one row per kind and name of subject, numbered in the order in which the rollup is stored
CREATE OR REPLACE TEMP TABLE subjects AS
WITH stated AS (SELECT s.*, t.stage FROM item_spans AS s LEFT JOIN snapshot.touchpoints AS t USING (touchpoint_id)),
named AS (
    SELECT instrument, 'item' AS subject_kind, item_id AS subject FROM stated
    UNION SELECT instrument, 'stage', stage FROM stated WHERE role = 'score' AND stage IS NOT NULL
    UNION SELECT instrument, 'touchpoint', touchpoint_id FROM stated WHERE role = 'score' AND touchpoint_id IS NOT NULL
    UNION SELECT instrument, 'dimension', dimension_id FROM stated WHERE role = 'score' AND dimension_id IS NOT NULL
    UNION SELECT instrument, role, '' FROM stated WHERE role IN ('overall', 'recommend')
    UNION SELECT unnest(['customer', 'management', 'mystery']), 'form', ''
    UNION SELECT instrument, subject_kind, subject FROM kept_scores)
SELECT row_number() OVER (ORDER BY instrument, subject_kind, subject)::INTEGER AS subject_no, * FROM named;

-- one row per cell: items of one role, touchpoint and dimension, which always count together
CREATE OR REPLACE TEMP TABLE cells AS
SELECT row_number() OVER (ORDER BY instrument, role, touchpoint_id, dimension_id)::INTEGER AS cell, *
FROM (SELECT DISTINCT instrument, role, touchpoint_id, dimension_id FROM item_spans
    -- a recommendation question that is not asked on 0-10 is not an NPS question
    WHERE role IN ('score', 'overall') OR (role = 'recommend' AND scale_min = 0 AND scale_max = 10));

-- one row per cell and subject it is part of; cells = how many the subject has
CREATE OR REPLACE TEMP TABLE cell_subjects AS
SELECT c.cell, s.subject_no, count(*) OVER (PARTITION BY s.subject_no) AS cells
FROM cells AS c LEFT JOIN snapshot.touchpoints AS t USING (touchpoint_id)
JOIN subjects AS s ON s.instrument = c.instrument AND CASE s.subject_kind
    WHEN 'form' THEN c.role = 'score'
    WHEN 'stage' THEN c.role = 'score' AND s.subject = t.stage
    WHEN 'touchpoint' THEN c.role = 'score' AND s.subject = c.touchpoint_id
    WHEN 'dimension' THEN c.role = 'score' AND s.subject = c.dimension_id
    WHEN 'item' THEN FALSE
    ELSE s.subject_kind = c.role END;

-- one row per era and item valid in it; favourable = top two categories (top one of two or three)
CREATE OR REPLACE TEMP TABLE era_items AS
SELECT e.era, s.*, c.cell, n.subject_no,
    (s.categories - CASE WHEN s.categories < 4 THEN 1 ELSE 2 END) / (s.categories - 1) - 1e-9 AS favourable_share,
    CASE WHEN s.categories < 4 THEN 0 ELSE 1 END / (s.categories - 1) + 1e-9 AS unfavourable_share
FROM eras AS e
JOIN item_spans AS s ON s.instrument = e.instrument AND s.from_day <= e.from_day AND s.to_day >= e.to_day
JOIN subjects AS n ON n.instrument = s.instrument AND n.subject_kind = 'item' AND n.subject = s.item_id
LEFT JOIN cells AS c ON c.instrument = s.instrument AND c.role = s.role
    AND c.touchpoint_id IS NOT DISTINCT FROM s.touchpoint_id AND c.dimension_id IS NOT DISTINCT FROM s.dimension_id
    AND (s.role <> 'recommend' OR (s.scale_min = 0 AND s.scale_max = 10));
