-- the months of each period that drivers are estimated over
SELECT DISTINCT period, first_month, last_month FROM driver_models ORDER BY period
