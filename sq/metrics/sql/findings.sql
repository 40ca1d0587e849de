-- one row per finding, newest batch and errors first
SELECT batch_id, severity, code, table_name, file, sheet, column_name, value, allowed, first_row, row_count FROM findings
ORDER BY batch_id DESC, CASE severity WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END, code, first_row
