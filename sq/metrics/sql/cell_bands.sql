-- one row per group: how opinions divide, shares withheld as NULL
SELECT cell_key, favourable, neutral, unfavourable, favourable_limit, neutral_limit, unfavourable_limit FROM cells
WHERE cell_key IN (SELECT unnest(?::INTEGER[])) ORDER BY cell_key
