-- The rollup in numbers only, filled by 40_scores.sql once per instrument and basis.
CREATE OR REPLACE TEMP TABLE rolled (
    group_key INTEGER, basis VARCHAR, subject_no INTEGER, n INTEGER,
    sum_w DOUBLE, sum_w2 DOUBLE, sum_wy DOUBLE, sum_wyy DOUBLE, sum_w2y DOUBLE, sum_w2yy DOUBLE, points DOUBLE, max_points DOUBLE,
    answers INTEGER, sum_u DOUBLE, sum_u2 DOUBLE, passes DOUBLE, favourable DOUBLE, unfavourable DOUBLE, promoters DOUBLE, detractors DOUBLE,
    failed INTEGER, disputed INTEGER);
