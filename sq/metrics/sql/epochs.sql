-- one row per span of an instrument's unchanged items that meets the days asked for
SELECT epoch, starts_on FROM epochs WHERE instrument = ? AND starts_on <= ? AND ends_on >= ? ORDER BY epoch
