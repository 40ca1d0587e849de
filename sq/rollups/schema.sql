-- The snapshot: one read-only DuckDB file. Every table states its grain.
-- Keys are small integers; membership_key is a store in one region/city/format for a span of time.

-- one row per fact about the snapshot itself: created_at (UTC), schema_version, data_as_of (last day with an own store's data),
-- responses_without_store (left out because their store is unknown), answers_without_item (their item is unknown or not
-- valid on that day). Its id is the name of the file.
CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR);

-- one row per store and span of membership; *_now is where the store belongs today
CREATE TABLE memberships (
    membership_key INTEGER PRIMARY KEY, store_id VARCHAR NOT NULL, store_name VARCHAR NOT NULL,
    region VARCHAR NOT NULL, city VARCHAR, format VARCHAR,           -- as then
    region_now VARCHAR NOT NULL, city_now VARCHAR, format_now VARCHAR, -- as now
    brand VARCHAR NOT NULL DEFAULT '',                                -- '' = own
    valid_from DATE, valid_to DATE, is_current BOOLEAN NOT NULL,
    opened_on DATE, closed_on DATE, staff_count INTEGER, latitude DOUBLE, longitude DOUBLE);

CREATE TABLE touchpoints (touchpoint_id VARCHAR PRIMARY KEY, name_zh VARCHAR, name_en VARCHAR, stage VARCHAR, position INTEGER);
CREATE TABLE dimensions (instrument VARCHAR, dimension_id VARCHAR, name_zh VARCHAR, name_en VARCHAR, position INTEGER, is_sensitive BOOLEAN,
    PRIMARY KEY (instrument, dimension_id));
-- one row per item and span of validity; item_key is the same number for every span of one (instrument, item_id)
CREATE TABLE items (
    item_key INTEGER NOT NULL, instrument VARCHAR NOT NULL, item_id VARCHAR NOT NULL, text_zh VARCHAR, text_en VARCHAR,
    touchpoint_id VARCHAR, dimension_id VARCHAR, scale_min DOUBLE, scale_max DOUBLE, is_reversed BOOLEAN, weight DOUBLE,
    is_veto BOOLEAN, role VARCHAR, element_id VARCHAR, valid_from DATE, valid_to DATE, position INTEGER);
CREATE TABLE waves (instrument VARCHAR, wave_id VARCHAR, name VARCHAR, starts_on DATE, ends_on DATE);
-- place is '' for the chain, also in notes
CREATE TABLE targets (metric VARCHAR, level VARCHAR, place VARCHAR, valid_from DATE, target DOUBLE);
CREATE TABLE trainings (training_id VARCHAR, course VARCHAR, touchpoint_ids VARCHAR[], store_id VARCHAR, held_on DATE, attendees INTEGER, passed INTEGER);
CREATE TABLE notes (note_id VARCHAR, level VARCHAR, place VARCHAR, happened_on DATE, text VARCHAR);

-- one row per span of dates in which the scored items of an instrument, their weights and scales do not change; no gaps,
-- from the first response to the last
CREATE TABLE epochs (instrument VARCHAR, epoch INTEGER, starts_on DATE, ends_on DATE);
-- one row per pair of epochs that can be compared on their common items; basis 'all' (own items of each epoch) is not listed.
-- basis 'a-b' holds the responses of epochs a to b, scored on the items of all of them with the weights of epoch b; only the
-- last six epochs are paired
CREATE TABLE bases (instrument VARCHAR, basis VARCHAR, first_epoch INTEGER, last_epoch INTEGER, common_items INTEGER);

-- one row per instrument x basis x subject x month x wave x membership x stream x channel x segment. Additive. Stored in the
-- order of instrument, basis, subject kind, subject, month.
-- subject_kind: form, stage, touchpoint, dimension, item, overall, recommend. subject: '' for form, overall and recommend.
-- Items of every role have rows of kind item (basis 'all' only); the other kinds add up items of role score with a weight,
-- overall and recommend those of that role; recommend only where the scale is 0-10.
-- Of customers also, on basis 'all' (44_customers.sql; dissatisfied: overall answer, else index, below 50): dissatisfied (all who
-- are scored; y 100 = is so), complained (all who were asked; 100 = did), silent (the dissatisfied who were asked; 100 = never
-- complained), '' each; expected, perceived, gap (subject: element; responses that answered both; gap = perceived - expected, only
-- on one scale); answer (subject "item:value", whole scales of 2-11 steps; y its share); word (subject "attitude:term", comments
-- with the term, ":" alone all comments; attitude: detractor, passive, promoter, unknown).
-- y = a response's score 0-100 on the subject (weighted mean of its applicable items); w = response weight (1 for visits).
-- "answers" are item answers inside the subject, u = w; points/max_points carry item weights (pooled rule).
CREATE TABLE rollup_scores (
    instrument VARCHAR, basis VARCHAR, subject_kind VARCHAR, subject VARCHAR, month DATE, wave VARCHAR, membership_key INTEGER,
    stream VARCHAR, channel VARCHAR, segment VARCHAR,                -- '' where there is none
    n INTEGER,                    -- responses with a score on the subject
    sum_w DOUBLE, sum_w2 DOUBLE, sum_wy DOUBLE, sum_wyy DOUBLE, sum_w2y DOUBLE, sum_w2yy DOUBLE,
    points DOUBLE, max_points DOUBLE,   -- sum(w * item weight * share), sum(w * item weight)
    answers INTEGER, sum_u DOUBLE, sum_u2 DOUBLE,   -- item answers: count, sum of w, sum of w squared
    passes DOUBLE,                -- sum(w) of answers at full marks
    favourable DOUBLE, unfavourable DOUBLE, -- sum(w) of answers in the top two / bottom two categories (top / bottom one of 2 or 3);
                                  -- NULL where a scale has no categories (not 2 to 11 whole steps)
    promoters DOUBLE, detractors DOUBLE,  -- recommend only: sum(w) of 9-10 / 0-6
    failed INTEGER, disputed INTEGER);    -- form of mystery only: visits that failed a veto item / are disputed

-- one row per month x membership x touchpoint x channel. Additive. month = month opened. Hours are decimal.
CREATE TABLE rollup_complaints (
    month DATE, membership_key INTEGER, touchpoint_id VARCHAR, channel VARCHAR,
    n INTEGER, upheld INTEGER, repeats INTEGER,
    responded INTEGER, respond_hours DOUBLE, respond_hours2 DOUBLE,
    resolved INTEGER, resolve_hours DOUBLE, resolve_hours2 DOUBLE,
    limited INTEGER, in_time INTEGER);    -- resolved or past a due date; resolved by it
-- one row per month x membership
CREATE TABLE volumes (month DATE, membership_key INTEGER, customers DOUBLE);

-- one row per counted visit; score NULL where all items are N/A; failed_items = ids of failed veto items
CREATE TABLE visits (
    visit_key INTEGER PRIMARY KEY, visit_id VARCHAR, membership_key INTEGER, visited_on DATE, month DATE, wave VARCHAR, stream VARCHAR,
    shopper_id VARCHAR, status VARCHAR, score DOUBLE, is_failed BOOLEAN, failed_items VARCHAR[], n_items INTEGER, n_na INTEGER,
    evidence_url VARCHAR, comment VARCHAR, batch_id INTEGER);
-- one row per visit and item asked, sorted by visit_key; value NULL = not applicable; share 0-1
CREATE TABLE visit_answers (visit_key INTEGER, item_key INTEGER, value DOUBLE, share DOUBLE, note VARCHAR);
-- one row per customer response; index_score and overall 0-100, recommend is the answer itself, 0-10
CREATE TABLE responses (
    response_key INTEGER PRIMARY KEY, response_id VARCHAR, membership_key INTEGER, answered_on DATE, month DATE, wave VARCHAR,
    channel VARCHAR, segment VARCHAR, weight DOUBLE, has_complained BOOLEAN, index_score DOUBLE, overall DOUBLE, recommend DOUBLE,
    comment VARCHAR, batch_id INTEGER);
-- one row per response and dimension/touchpoint, sorted by response_key; share-based score 0-100
CREATE TABLE response_scores (response_key INTEGER, subject_kind VARCHAR, subject VARCHAR, score DOUBLE);
-- one row per response and item, sorted by response_key
CREATE TABLE response_answers (response_key INTEGER, item_key INTEGER, value DOUBLE, share DOUBLE);
-- one row per complaint
CREATE TABLE complaints (complaint_id VARCHAR, membership_key INTEGER, touchpoint_id VARCHAR, channel VARCHAR, opened_at TIMESTAMP,
    responded_at TIMESTAMP, due_at TIMESTAMP, resolved_at TIMESTAMP, outcome VARCHAR, is_upheld BOOLEAN, is_repeat BOOLEAN, comment VARCHAR);

-- where the data came from: published so that the data page reads them like everything else
CREATE TABLE batches (batch_id INTEGER, received_at TIMESTAMP, status VARCHAR, profile VARCHAR, files VARCHAR[], withdrawn_at TIMESTAMP);
CREATE TABLE batch_tables (batch_id INTEGER, table_name VARCHAR, read INTEGER, new INTEGER, changed INTEGER, unchanged INTEGER, rejected INTEGER, skipped INTEGER);
CREATE TABLE findings (batch_id INTEGER, severity VARCHAR, code VARCHAR, table_name VARCHAR, file VARCHAR, sheet VARCHAR, column_name VARCHAR,
    value VARCHAR, allowed VARCHAR, first_row INTEGER, row_count INTEGER);
-- one row per instrument (and 'complaints') x month from its first to its last: own stores with data, own stores open, responses of
-- own stores, last day with data (NULL in a month without any)
CREATE TABLE coverage (instrument VARCHAR, month DATE, stores_with_data INTEGER, stores_open INTEGER, responses INTEGER, last_day DATE);

CREATE TABLE departments (department_id VARCHAR PRIMARY KEY, name_zh VARCHAR, name_en VARCHAR);

-- Anonymous instruments (employee, internal_service, awareness): finished cells, nothing additive, nothing of one person.
-- One row per instrument x closed wave x group x subject; hidden groups have rows too, so that a page can say so.
-- level: chain, region, city, store, department, or region_department (internal service: raters' region x rated department;
--   its chain x department is level department, its region x all departments level region).
-- region, city, store_id, department_id: the group, with the ancestors of a city or store as they were on the wave's last day;
--   '' where not part of it. role, tenure: '' = everybody; only at level chain and region, only for subject_kind form.
-- subject_kind: form, dimension, item (as in rollup_scores; '' subject for form; the form leaves sensitive dimensions out).
-- hidden: '' shown, 'few' (fewer answers than the minimum), 'neighbour' (hidden to protect a neighbour); then all numbers are NULL.
-- n answers; value mean 0-100 rounded to 0.1; low, high whole points; favourable, neutral, unfavourable percent, whole;
-- *_limit: '' exact, '>=' / '<=' where an extreme is shown as its limit only. full: the full distribution is in cell_categories.
CREATE TABLE cells (
    cell_key INTEGER PRIMARY KEY, instrument VARCHAR NOT NULL, wave VARCHAR NOT NULL, level VARCHAR NOT NULL,
    region VARCHAR NOT NULL, city VARCHAR NOT NULL, store_id VARCHAR NOT NULL, department_id VARCHAR NOT NULL,
    role VARCHAR NOT NULL, tenure VARCHAR NOT NULL, subject_kind VARCHAR NOT NULL, subject VARCHAR NOT NULL,
    hidden VARCHAR NOT NULL, n INTEGER, value DOUBLE, low DOUBLE, high DOUBLE, value_limit VARCHAR NOT NULL DEFAULT '',
    favourable DOUBLE, neutral DOUBLE, unfavourable DOUBLE,
    favourable_limit VARCHAR NOT NULL DEFAULT '', neutral_limit VARCHAR NOT NULL DEFAULT '', unfavourable_limit VARCHAR NOT NULL DEFAULT '',
    invited INTEGER, response_rate DOUBLE);      -- subject_kind form only; percent, whole
-- the full scale of a shown item cell above 50 answers: one row per answer given
CREATE TABLE cell_categories (cell_key INTEGER, category DOUBLE, share DOUBLE, share_limit VARCHAR);
-- internal service, subject_kind form, shown cells: share of forms that name a problem; side: request, support
CREATE TABLE cell_problems (cell_key INTEGER, side VARCHAR, problem VARCHAR, share DOUBLE, share_limit VARCHAR);
-- comments of groups of at least 10 respondents, shuffled, joined to nothing but the group
CREATE TABLE cell_comments (instrument VARCHAR, wave VARCHAR, level VARCHAR, region VARCHAR, city VARCHAR, store_id VARCHAR,
    department_id VARCHAR, comment VARCHAR);
-- one row per instrument x wave that has answers: state open (not closed: nothing shown), published, waiting (published; later
-- changes wait), settings frozen with the first publication; waiting = forms whose answers are not in the published cells;
-- shown, few, neighbour: cells of stores (internal service: region x department) for the whole form
CREATE TABLE anonymous_waves (instrument VARCHAR, wave VARCHAR, state VARCHAR, ends_on DATE, first_published TIMESTAMP, last_published TIMESTAMP,
    minimum_group INTEGER, minimum_sensitive INTEGER, waiting INTEGER, shown INTEGER, few INTEGER, neighbour INTEGER);

-- Statistics that need single answers, computed when publishing for groups of at least 20 (sq/anonymity/estimates.py).
-- One row per wave x group (level chain or region) x statistic x outcome x subject. n complete forms; two decimals, of driver whole
-- percent; value_limit: '>=' / '<=' where an extreme is shown as its limit; value NULL where answers tell nothing.
-- statistic: alpha, spearman_brown (of two items), omega (subject: dimension), item_total (subject: item that runs against its scale),
-- model (value: R2 of all drivers of the outcome, r: largest correlation of two drivers), driver (value: percent of R2, r:
-- correlation with the outcome, beta: standardised beside the other drivers, with its p; all within stores), icc1, icc2 (whole form by store)
CREATE TABLE anonymous_estimates (
    instrument VARCHAR, wave VARCHAR, level VARCHAR, region VARCHAR, statistic VARCHAR, outcome VARCHAR, subject VARCHAR, n INTEGER,
    "value" DOUBLE, low DOUBLE, high DOUBLE, r DOUBLE, beta DOUBLE, p DOUBLE, value_limit VARCHAR);
-- Correlations over stores between two waves of anonymous surveys, one row per pair and basis (chain: all stores, region: within
-- regions). lag: next (the first later wave), same, reverse (the last earlier one). stores used, left_out: with too few answers.
CREATE TABLE anonymous_links (
    instrument VARCHAR, wave VARCHAR, to_instrument VARCHAR, to_wave VARCHAR, lag VARCHAR, basis VARCHAR, stores INTEGER, left_out INTEGER,
    r DOUBLE, low DOUBLE, high DOUBLE, p DOUBLE, value_limit VARCHAR);

-- Published results of others, one row per row received. subject_kind: form (neither item nor dimension), dimension, item.
-- place '' = the chain. value in the statistic's own unit (0-100 or NPS).
CREATE TABLE aggregates (
    instrument VARCHAR, level VARCHAR, place VARCHAR, period_start DATE, period_end DATE, subject_kind VARCHAR, subject VARCHAR,
    statistic VARCHAR, value DOUBLE, n INTEGER, n_min INTEGER, n_max INTEGER, response_rate DOUBLE);

-- Slow estimates about shoppers (sq/publish_estimates.py), own stores only. period: recent = the last 12 complete months of
-- visits, all = every month. Shoppers by code; visits without one are counted (unnamed) and nothing else.
-- One row per period that has visits. reason: '' = estimated; no_shopper, one_shopper, not_connected, too_few, no_variation,
-- not_settled. components: parts of stores and shoppers that share nobody. Variances of a visit's score (REML, store and shopper
-- crossed, after the means of stream x epoch); store_visits, store_shoppers: medians; reliability: of a store's mean of as many
-- visits by as many shoppers. crossed_share: visits outside the shopper's home region (NULL with one region).
CREATE TABLE shopper_model (
    period VARCHAR, first_month DATE, last_month DATE, visits INTEGER, unnamed INTEGER, stores INTEGER, shoppers INTEGER, regions INTEGER,
    components INTEGER, reason VARCHAR, mean DOUBLE, mean_se DOUBLE, variance_store DOUBLE, variance_shopper DOUBLE, variance_rest DOUBLE,
    store_visits DOUBLE, store_shoppers DOUBLE, reliability DOUBLE, crossed_share DOUBLE);
-- one row per period and shopper. severity: predicted points above (lenient) or below (strict) the average shopper, with its
-- prediction error and 95 % limits; NULL where not estimated or where shoppers do not differ at all. component from 0, the largest.
-- na_rate: N/A of items asked; straight_rate: visits with one and the same mark on all graded items, NULL where too few are asked;
-- days, most_a_day: also of visits to competitors; away_share: visits outside the home region (the one visited most).
CREATE TABLE shopper_effects (
    period VARCHAR, shopper_id VARCHAR, visits INTEGER, stores INTEGER, regions INTEGER, home_region VARCHAR, component INTEGER, score DOUBLE,
    severity DOUBLE, severity_se DOUBLE, low DOUBLE, high DOUBLE, na_rate DOUBLE, na_se DOUBLE, straight_rate DOUBLE, straight_visits INTEGER,
    days INTEGER, a_day DOUBLE, most_a_day INTEGER, away_share DOUBLE);
-- one row per period and store with scored visits by known shoppers. raw: mean score; adjusted: mean of score - severity, with its
-- standard error; estimate: adjusted for stream and epoch too and drawn towards the mean (BLUP), with its prediction error.
-- repeats: visits by the same shopper as the store's visit before; last_shopper: of the latest visit.
CREATE TABLE store_adjusted (
    period VARCHAR, store_id VARCHAR, visits INTEGER, shoppers INTEGER, component INTEGER, raw DOUBLE, adjusted DOUBLE, se DOUBLE,
    estimate DOUBLE, estimate_se DOUBLE, repeats INTEGER, last_shopper VARCHAR);
-- one row per period and kind of item (score = whole visits, yes_no, graded, veto) scored by two shoppers at the same store on the
-- same day in the same stream. visits: such occasions (the latest 150); n: pairs of marks; alpha: Krippendorff's; same: share of
-- equal marks (score: within the smallest relevant difference)
CREATE TABLE shopper_agreement (period VARCHAR, item_kind VARCHAR, visits INTEGER, n INTEGER, alpha DOUBLE, same DOUBLE);

-- What moves customers' satisfaction (sq/publish_drivers.py), own stores only, unweighted, within stores. period as in shopper_model;
-- level: chain (place '') or region (as then); outcome: overall, recommend; kind: dimension, touchpoint, element.
-- One row per model. n complete responses, in stores; by_store: resampled by whole stores, else by responses. method: lmg, johnson.
-- reason: '' = estimated; too_few, no_variation, collinear. highest_correlation: between the drivers pair_one and pair_other.
-- left_out: subjects that too few were asked, or whose answers are all alike.
CREATE TABLE driver_models (
    period VARCHAR, first_month DATE, last_month DATE, level VARCHAR, place VARCHAR, outcome VARCHAR, kind VARCHAR, n INTEGER, stores INTEGER,
    by_store BOOLEAN, method VARCHAR, r2 DOUBLE, reason VARCHAR, highest_correlation DOUBLE, pair_one VARCHAR, pair_other VARCHAR,
    left_out VARCHAR[]);
-- One row per model and subject. asked: responses with an answer on it and on the outcome; r with its interval: correlation over these.
-- NULL where the subject is not in the model: coefficient (points of the outcome per point, the others held) with se, low, high and p;
-- beta, inflation (variance inflation factor); share of R2 with its bootstrap interval, top: how often the largest.
-- penalty, reward: points of the outcome where it is rated low, high instead of in between; n_low, n_high.
CREATE TABLE driver_weights (
    period VARCHAR, level VARCHAR, place VARCHAR, outcome VARCHAR, kind VARCHAR, subject VARCHAR, asked INTEGER, r DOUBLE, r_low DOUBLE,
    r_high DOUBLE, coefficient DOUBLE, se DOUBLE, low DOUBLE, high DOUBLE, p DOUBLE, beta DOUBLE, inflation DOUBLE, share DOUBLE,
    share_low DOUBLE, share_high DOUBLE, top DOUBLE, penalty DOUBLE, penalty_p DOUBLE, reward DOUBLE, reward_p DOUBLE, n_low INTEGER,
    n_high INTEGER);
