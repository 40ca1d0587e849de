-- one row per batch and table
SELECT batch_id, table_name, read, new, changed, unchanged, rejected, skipped FROM batch_tables ORDER BY batch_id DESC, table_name
