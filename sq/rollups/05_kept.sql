-- What `sq retain` keeps of forms that it drops: private tables of the intake, which publishing adds to what is still there.

-- one row of the published rollup of the months before; places and epochs are told in days, so that they are found again:
-- day = a day on which the store belonged there, first_start and last_start = first days of the basis's epochs (NULL for 'all')
CREATE TABLE IF NOT EXISTS kept_scores (
    instrument VARCHAR, first_start DATE, last_start DATE, subject_kind VARCHAR, subject VARCHAR, month DATE, wave VARCHAR,
    store_id VARCHAR, "day" DATE, stream VARCHAR, channel VARCHAR, segment VARCHAR, n INTEGER, sum_w DOUBLE, sum_w2 DOUBLE, sum_wy DOUBLE,
    sum_wyy DOUBLE, sum_w2y DOUBLE, sum_w2yy DOUBLE, points DOUBLE, max_points DOUBLE, answers INTEGER, sum_u DOUBLE, sum_u2 DOUBLE,
    passes DOUBLE, favourable DOUBLE, unfavourable DOUBLE, promoters DOUBLE, detractors DOUBLE, failed INTEGER, disputed INTEGER);
-- one row per instrument x store x month of dropped forms that counted: for the coverage
CREATE TABLE IF NOT EXISTS kept_forms (instrument VARCHAR, store_id VARCHAR, month DATE, last_day DATE, n INTEGER);
-- one row per instrument and day with dropped forms that counted: for the epochs
CREATE TABLE IF NOT EXISTS kept_days (instrument VARCHAR, "day" DATE);
