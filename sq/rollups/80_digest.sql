-- One text that changes when the contents do; order does not matter.
SELECT md5(concat_ws(' ',
    (SELECT sum(hash(membership_key, store_id, region, city, region_now)) FROM snapshot.memberships),
    (SELECT sum(hash(instrument, item_id, weight, valid_from, text_zh)) FROM snapshot.items),
    (SELECT sum(hash(basis, subject, month, membership_key, n, round(sum_wy, 6), round(sum_wyy, 6))) FROM snapshot.rollup_scores),
    (SELECT sum(hash(visit_id, visited_on, shopper_id, status, comment)) FROM snapshot.visits),
    (SELECT sum(hash(response_id, answered_on, weight, comment)) FROM snapshot.responses),
    (SELECT sum(hash(instrument, wave, level, region, city, store_id, department_id, role, tenure, subject_kind, subject, hidden, n, "value"))
        FROM snapshot.cells),
    (SELECT sum(hash(instrument, level, place, period_start, subject, statistic, "value", n)) FROM snapshot.aggregates),
    (SELECT sum(hash(department_id, name_zh)) FROM snapshot.departments),
    (SELECT sum(hash(complaint_id, opened_at, resolved_at)) FROM snapshot.complaints),
    (SELECT sum(hash(batch_id, status)) FROM snapshot.batches)));
