-- the basis on which two epochs can be compared
SELECT basis, common_items FROM bases WHERE instrument = ? AND first_epoch = ? AND last_epoch = ?
