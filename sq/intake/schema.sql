-- The intake: private, row-level, opened by the importer only. rec_<table> are made from sq/records.py:
-- (batch_id, row_no, source_file, <columns of the record>), one row per row received and accepted in a batch.

-- one row per accepted delivery; status: loaded, withdrawn
CREATE TABLE IF NOT EXISTS batches (
    batch_id INTEGER PRIMARY KEY, received_at TIMESTAMP NOT NULL, status VARCHAR NOT NULL, profile VARCHAR, profile_sha256 VARCHAR,
    files VARCHAR[] NOT NULL, withdrawn_at TIMESTAMP);
-- one row per file of a batch; kept_as is the name in data/inbox
CREATE TABLE IF NOT EXISTS files (
    batch_id INTEGER NOT NULL, file VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, bytes BIGINT NOT NULL, kept_as VARCHAR NOT NULL);
-- one row per file of a batch and table that stood in it
CREATE TABLE IF NOT EXISTS file_tables (batch_id INTEGER NOT NULL, file VARCHAR NOT NULL, table_name VARCHAR NOT NULL);
-- one row per batch and table: read = new + changed + unchanged + rejected + skipped
CREATE TABLE IF NOT EXISTS batch_tables (
    batch_id INTEGER NOT NULL, table_name VARCHAR NOT NULL, read INTEGER NOT NULL, new INTEGER NOT NULL, changed INTEGER NOT NULL,
    unchanged INTEGER NOT NULL, rejected INTEGER NOT NULL, skipped INTEGER NOT NULL);
-- one row per kind of finding, column and value
CREATE TABLE IF NOT EXISTS findings (
    batch_id INTEGER NOT NULL, severity VARCHAR NOT NULL, code VARCHAR NOT NULL, table_name VARCHAR, file VARCHAR, sheet VARCHAR,
    column_name VARCHAR, value VARCHAR, allowed VARCHAR, first_row INTEGER, row_count INTEGER NOT NULL);
-- one row per batch, response and item asked; value NULL = not applicable (kept, so that a correction to N/A wins)
CREATE TABLE IF NOT EXISTS answers (
    batch_id INTEGER NOT NULL, instrument VARCHAR NOT NULL, response_id VARCHAR NOT NULL, item_id VARCHAR NOT NULL, value DOUBLE,
    note VARCHAR);
-- one row per batch and response with answers, so that whole responses are compared and superseded without looking at each answer.
-- item_set, answers_hash: which items a wide form asked, and its answers in that order; NULL for long answers
CREATE TABLE IF NOT EXISTS answered (
    batch_id INTEGER NOT NULL, instrument VARCHAR NOT NULL, response_id VARCHAR NOT NULL, item_set VARCHAR, answers_hash UBIGINT);
-- one row per shopper or auditor whose id was no code: rec_<table_name> holds the code, the name as received stands only here
CREATE TABLE IF NOT EXISTS person_codes (table_name VARCHAR NOT NULL, code VARCHAR NOT NULL, name VARCHAR NOT NULL);
-- one row per run of `sq retain`: forms of before that day were dropped
CREATE TABLE IF NOT EXISTS retentions ("before" DATE NOT NULL, retained_at TIMESTAMP NOT NULL);
-- batches that lost rows by it, and can be withdrawn no longer
CREATE TABLE IF NOT EXISTS dropped_from (batch_id INTEGER NOT NULL);
