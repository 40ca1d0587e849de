-- one row per kind of item that two shoppers scored on one occasion
SELECT * EXCLUDE (period) FROM shopper_agreement WHERE period = ? ORDER BY item_kind
