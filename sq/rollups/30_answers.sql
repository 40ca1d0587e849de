-- Answers, once per instrument ($instrument), sorted by response. share = 0-1 after reversal; NULL = not applicable.

-- one row per counted response and item that was valid on its day
CREATE OR REPLACE TEMP VIEW shared_answers AS
SELECT h.instrument, h.response_key, i.item_key, a.value,
    CASE WHEN i.is_reversed THEN 1 - (a.value - i.scale_min) / (i.scale_max - i.scale_min)
        ELSE (a.value - i.scale_min) / (i.scale_max - i.scale_min) END AS share,
    a.note
FROM cur_answers AS a
JOIN headers AS h ON h.instrument = a.instrument AND h.response_id = a.response_id
JOIN era_items AS i ON i.era = h.era AND i.item_id = a.item_id;

INSERT INTO snapshot.visit_answers
SELECT response_key, item_key, value, share, note FROM shared_answers WHERE instrument = 'mystery' ORDER BY response_key, item_key;

INSERT INTO snapshot.response_answers
SELECT response_key, item_key, value, share FROM shared_answers WHERE instrument = 'customer' ORDER BY response_key, item_key;

-- of a diagnosis only the sums are published
CREATE OR REPLACE TEMP TABLE audit_answers AS
SELECT response_key, item_key, value, share FROM shared_answers WHERE instrument = 'management' ORDER BY response_key, item_key;

CREATE OR REPLACE TEMP VIEW given AS
SELECT 'mystery' AS instrument, visit_key AS response_key, item_key, value, share FROM snapshot.visit_answers
UNION ALL SELECT 'customer', response_key, item_key, value, share FROM snapshot.response_answers
UNION ALL SELECT 'management', response_key, item_key, value, share FROM audit_answers;
