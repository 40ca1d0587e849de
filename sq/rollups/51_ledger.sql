-- The ledger: what was published of each wave of an anonymous survey, version by version, and which forms it rested on.
-- Private tables of the intake (made here, beside those of sq/intake/schema.sql). Statements by name.

-- name: tables
-- waves closed before their end by hand
CREATE TABLE IF NOT EXISTS closed_waves (instrument VARCHAR NOT NULL, wave VARCHAR NOT NULL, closed_at TIMESTAMP NOT NULL);
-- one row per published version of a wave, the earliest first; a version recorded but never shown (a crash between) only makes
-- the rules stricter. subjects: in the order of ledger_forms.answers; salt: of its hashes, the same for all versions of a wave;
-- signature: of everything the cells were made of
CREATE TABLE IF NOT EXISTS ledger_versions (
    version INTEGER PRIMARY KEY, instrument VARCHAR NOT NULL, wave VARCHAR NOT NULL, published_at TIMESTAMP NOT NULL, ends_on DATE NOT NULL,
    minimum_group INTEGER NOT NULL, minimum_sensitive INTEGER NOT NULL, salt UBIGINT NOT NULL, subjects VARCHAR[] NOT NULL,
    signature VARCHAR NOT NULL, forms INTEGER NOT NULL, shown INTEGER NOT NULL, few INTEGER NOT NULL, neighbour INTEGER NOT NULL);
-- the cells of a version as they stand in every snapshot that shows it (columns: cells of the snapshot)
CREATE TABLE IF NOT EXISTS ledger_cells (
    version INTEGER NOT NULL, cell_no INTEGER NOT NULL, level VARCHAR NOT NULL, region VARCHAR NOT NULL, city VARCHAR NOT NULL,
    store_id VARCHAR NOT NULL, department_id VARCHAR NOT NULL, role VARCHAR NOT NULL, tenure VARCHAR NOT NULL, subject_kind VARCHAR NOT NULL,
    subject VARCHAR NOT NULL, hidden VARCHAR NOT NULL, n INTEGER, value DOUBLE, low DOUBLE, high DOUBLE, value_limit VARCHAR NOT NULL,
    favourable DOUBLE, neutral DOUBLE, unfavourable DOUBLE, favourable_limit VARCHAR NOT NULL, neutral_limit VARCHAR NOT NULL,
    unfavourable_limit VARCHAR NOT NULL, invited INTEGER, response_rate DOUBLE);
CREATE TABLE IF NOT EXISTS ledger_categories (version INTEGER NOT NULL, cell_no INTEGER NOT NULL, category DOUBLE, share DOUBLE, share_limit VARCHAR);
CREATE TABLE IF NOT EXISTS ledger_problems (
    version INTEGER NOT NULL, cell_no INTEGER NOT NULL, side VARCHAR, problem VARCHAR, share DOUBLE, share_limit VARCHAR);
CREATE TABLE IF NOT EXISTS ledger_comments (
    version INTEGER NOT NULL, comment_no INTEGER NOT NULL, level VARCHAR, region VARCHAR, city VARCHAR, store_id VARCHAR, department_id VARCHAR,
    comment VARCHAR);
-- one row per form of a version and what its cells knew of it; rests: per subject the number of the smallest group around it whose
-- sum was told (-1 none); answers: per subject a hash, 0 where there was none; role_rest, tenure_rest: as rests, of the form by
-- role and by tenure. Dropped with the raw answers (sq retain): the wave then stands for good.
CREATE TABLE IF NOT EXISTS ledger_forms (
    version INTEGER NOT NULL, response_id VARCHAR NOT NULL, rests INTEGER[] NOT NULL, second_rests INTEGER[] NOT NULL, answers UBIGINT[] NOT NULL,
    role_rest INTEGER NOT NULL, tenure_rest INTEGER NOT NULL, comment_rest INTEGER NOT NULL);
-- one row per version whose estimates are settled; basis: the version on whose forms they rest (an earlier one where fewer than
-- twenty forms have changed since)
CREATE TABLE IF NOT EXISTS ledger_estimated (version INTEGER NOT NULL, basis INTEGER NOT NULL);
-- the estimates of a version (columns: anonymous_estimates of the snapshot)
CREATE TABLE IF NOT EXISTS ledger_estimates (
    version INTEGER NOT NULL, level VARCHAR NOT NULL, region VARCHAR NOT NULL, statistic VARCHAR NOT NULL, outcome VARCHAR NOT NULL,
    subject VARCHAR NOT NULL, n INTEGER NOT NULL, "value" DOUBLE, low DOUBLE, high DOUBLE, r DOUBLE, beta DOUBLE, p DOUBLE, value_limit VARCHAR NOT NULL);
-- one row per link of two waves, basis and pair of versions that it was computed from; the last one stands
CREATE TABLE IF NOT EXISTS ledger_links (
    link_no INTEGER NOT NULL, version INTEGER NOT NULL, to_version INTEGER NOT NULL, instrument VARCHAR NOT NULL, wave VARCHAR NOT NULL,
    to_instrument VARCHAR NOT NULL, to_wave VARCHAR NOT NULL, lag VARCHAR NOT NULL, basis VARCHAR NOT NULL, stores INTEGER NOT NULL,
    left_out INTEGER NOT NULL, r DOUBLE, low DOUBLE, high DOUBLE, p DOUBLE, value_limit VARCHAR NOT NULL);

-- name: known_waves
SELECT wave_id FROM cur_waves WHERE instrument = ?;

-- name: received_forms
-- every form of a survey that the intake still holds, counting or not
SELECT DISTINCT response_id FROM {table};

-- name: has_table
SELECT count(*) FROM duckdb_tables() WHERE table_name = ?;

-- name: forget_forms
DELETE FROM ledger_forms WHERE version IN (SELECT version FROM ledger_versions WHERE instrument = ? AND wave = ?);

-- name: forget_past_forms
DELETE FROM ledger_forms WHERE version IN (SELECT version FROM ledger_versions WHERE ends_on < ?);

-- name: forget_past_comments
DELETE FROM ledger_comments WHERE version IN (SELECT version FROM ledger_versions WHERE ends_on < ?);

-- name: closed
SELECT instrument, wave FROM closed_waves;

-- name: close
INSERT INTO closed_waves VALUES (?, ?, ?);

-- name: reopen
DELETE FROM closed_waves WHERE instrument = ? AND wave = ?;

-- name: versions
SELECT version, instrument, wave, published_at, ends_on, minimum_group, minimum_sensitive, salt, subjects, signature, forms, shown, few,
    neighbour
FROM ledger_versions ORDER BY version;

-- name: next_version
SELECT coalesce(max(version), 0) + 1 FROM ledger_versions;

-- name: add_version
INSERT INTO ledger_versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: add_cells
INSERT INTO ledger_cells BY NAME SELECT ?::INTEGER AS version, * FROM incoming;

-- name: add_categories
INSERT INTO ledger_categories BY NAME SELECT ?::INTEGER AS version, * FROM incoming;

-- name: add_problems
INSERT INTO ledger_problems BY NAME SELECT ?::INTEGER AS version, * FROM incoming;

-- name: add_comments
INSERT INTO ledger_comments BY NAME SELECT ?::INTEGER AS version, * FROM incoming;

-- name: add_forms
INSERT INTO ledger_forms BY NAME SELECT ?::INTEGER AS version, * FROM incoming;

-- name: forms
SELECT response_id, rests, second_rests, answers, role_rest, tenure_rest, comment_rest FROM ledger_forms WHERE version = ? ORDER BY response_id;

-- name: cells
SELECT level, region, city, store_id, department_id, role, tenure, subject_kind, subject, hidden, n, value, value_limit
FROM ledger_cells WHERE version = ? ORDER BY cell_no;

-- name: comments
SELECT level, region, city, store_id, department_id, comment FROM ledger_comments WHERE version = ? ORDER BY comment_no;

-- name: standing
-- the version that stands, per wave; cells are numbered over all waves
CREATE OR REPLACE TEMP TABLE standing AS
SELECT version, instrument, wave, ends_on FROM ledger_versions
QUALIFY row_number() OVER (PARTITION BY instrument, wave ORDER BY version DESC) = 1;

-- name: show_cells
INSERT INTO snapshot.cells BY NAME
SELECT row_number() OVER (ORDER BY s.instrument, s.ends_on, s.wave, c.cell_no)::INTEGER AS cell_key, s.instrument, s.wave,
    c.level, c.region, c.city, c.store_id, c.department_id, c.role, c.tenure, c.subject_kind, c.subject, c.hidden, c.n, c.value, c.low,
    c.high, c.value_limit, c.favourable, c.neutral, c.unfavourable, c.favourable_limit, c.neutral_limit, c.unfavourable_limit, c.invited,
    c.response_rate
FROM standing AS s JOIN ledger_cells AS c USING (version) ORDER BY cell_key;

-- name: number_cells
CREATE OR REPLACE TEMP TABLE numbered AS
SELECT c.version, c.cell_no, row_number() OVER (ORDER BY s.instrument, s.ends_on, s.wave, c.cell_no)::INTEGER AS cell_key
FROM standing AS s JOIN ledger_cells AS c USING (version);

-- name: show_categories
INSERT INTO snapshot.cell_categories
SELECT n.cell_key, x.category, x.share, x.share_limit FROM ledger_categories AS x JOIN numbered AS n USING (version, cell_no)
ORDER BY n.cell_key, x.category;

-- name: show_problems
INSERT INTO snapshot.cell_problems
SELECT n.cell_key, x.side, x.problem, x.share, x.share_limit FROM ledger_problems AS x JOIN numbered AS n USING (version, cell_no)
ORDER BY n.cell_key, x.side, x.problem;

-- name: show_comments
INSERT INTO snapshot.cell_comments
SELECT s.instrument, s.wave, c.level, c.region, c.city, c.store_id, c.department_id, c.comment
FROM ledger_comments AS c JOIN standing AS s USING (version) ORDER BY s.instrument, s.ends_on, s.wave, c.comment_no;

-- name: show_wave
INSERT INTO snapshot.anonymous_waves VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: leaving
-- dimensions that ask whether people intend to leave: by their name, there is no mark for it
SELECT dimension_id FROM snapshot.dimensions
WHERE instrument = ? AND regexp_matches(lower(concat_ws(' ', dimension_id, name_zh, name_en)),
    '离职|留任|turnover|intention to (leave|stay|quit)|intent to (leave|stay|quit)');

-- name: estimated
SELECT version, basis FROM ledger_estimated;

-- name: add_estimated
INSERT INTO ledger_estimated VALUES (?, ?);

-- name: add_estimates
INSERT INTO ledger_estimates BY NAME SELECT ?::INTEGER AS version, * FROM incoming;

-- name: copy_estimates
INSERT INTO ledger_estimates BY NAME SELECT ?::INTEGER AS version, * EXCLUDE (version) FROM ledger_estimates WHERE version = ?;

-- name: linked
-- every pair of versions that a link of two waves was computed from, the latest last
SELECT DISTINCT link_no, version, to_version FROM ledger_links WHERE instrument = ? AND wave = ? AND to_instrument = ? AND to_wave = ?
ORDER BY link_no;

-- name: add_links
INSERT INTO ledger_links BY NAME
SELECT (SELECT coalesce(max(link_no), 0) + 1 FROM ledger_links)::INTEGER AS link_no, ?::INTEGER AS version, ?::INTEGER AS to_version, *
FROM incoming;

-- name: show_estimates
INSERT INTO snapshot.anonymous_estimates BY NAME
SELECT s.instrument, s.wave, e.* EXCLUDE (version) FROM standing AS s JOIN ledger_estimates AS e USING (version)
ORDER BY s.instrument, s.ends_on, s.wave, e.statistic, e.outcome, e.level, e.region, e.subject;

-- name: show_links
-- of waves that still stand
INSERT INTO snapshot.anonymous_links BY NAME
SELECT l.* EXCLUDE (link_no, version, to_version) FROM ledger_links AS l
JOIN standing AS s ON s.instrument = l.instrument AND s.wave = l.wave
JOIN standing AS t ON t.instrument = l.to_instrument AND t.wave = l.to_wave
JOIN ledger_versions AS v ON v.version = s.version AND v.forms > 0
JOIN ledger_versions AS w ON w.version = t.version AND w.forms > 0
QUALIFY link_no = max(link_no) OVER (PARTITION BY l.instrument, l.wave, l.to_instrument, l.to_wave)
ORDER BY s.ends_on, l.wave, t.ends_on, l.to_wave, l.basis;
