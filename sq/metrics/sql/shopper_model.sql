-- one row per period: what is known of shoppers as a whole
SELECT * FROM shopper_model ORDER BY period DESC
