-- one row per department
SELECT department_id, name_zh, name_en FROM departments ORDER BY department_id
