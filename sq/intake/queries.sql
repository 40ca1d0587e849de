-- The intake's statements by name. {braces} are filled with identifiers from closed lists (sq/records.py), never with values.

-- name: make_rows
CREATE TABLE {name} (batch_id INTEGER NOT NULL, row_no INTEGER NOT NULL, {columns});

-- name: add_column
ALTER TABLE {name} ADD COLUMN {column};

-- name: live_batches
CREATE OR REPLACE TEMP TABLE live AS SELECT batch_id FROM batches WHERE status <> 'withdrawn';

-- name: current_rows
CREATE OR REPLACE TEMP VIEW cur_{table} AS
SELECT {columns}, batch_id, row_no FROM rec_{table} SEMI JOIN live USING (batch_id)
QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY batch_id DESC) = 1;

-- name: repeated_responses
CREATE OR REPLACE TEMP TABLE repeated AS
SELECT instrument, response_id FROM answered SEMI JOIN live USING (batch_id) GROUP BY ALL HAVING count(*) > 1;

-- name: current_answers_once
CREATE OR REPLACE TEMP VIEW cur_answers AS
SELECT instrument, response_id, item_id, value, note FROM answers SEMI JOIN live USING (batch_id);

-- name: current_answers_repeated
CREATE OR REPLACE TEMP VIEW cur_answers AS
SELECT instrument, response_id, item_id, value, note
FROM answers SEMI JOIN live USING (batch_id) ANTI JOIN repeated USING (instrument, response_id)
UNION ALL
SELECT instrument, response_id, item_id, value, note
FROM answers SEMI JOIN live USING (batch_id) SEMI JOIN repeated USING (instrument, response_id)
QUALIFY row_number() OVER (PARTITION BY instrument, response_id, item_id ORDER BY batch_id DESC) = 1;
