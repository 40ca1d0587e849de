-- Complaints and volumes, by the membership of the store on the day they happened.
INSERT INTO snapshot.complaints
SELECT c.complaint_id, p.membership_key, coalesce(c.touchpoint_id, ''), coalesce(c.channel, ''), c.opened_at, c.responded_at, c.due_at,
    c.resolved_at, c.outcome, c.is_upheld, c.is_repeat, c.comment
FROM cur_complaints AS c ASOF JOIN places AS p ON p.store_id = c.store_id AND p.from_day <= c.opened_at::DATE
ORDER BY p.membership_key, c.opened_at, c.complaint_id;

-- limited: with a due date that has passed (by the last complaint known) or that was kept or missed by a resolution
INSERT INTO snapshot.rollup_complaints
WITH timed AS (
    SELECT *, epoch(responded_at - opened_at) / 3600 AS to_respond, epoch(resolved_at - opened_at) / 3600 AS to_resolve,
        max(greatest(opened_at, resolved_at)) OVER () AS as_of
    FROM snapshot.complaints)
SELECT date_trunc('month', opened_at)::DATE AS month, membership_key, touchpoint_id, channel,
    count(*), count(*) FILTER (is_upheld), count(*) FILTER (is_repeat),
    count(to_respond), coalesce(sum(to_respond), 0), coalesce(sum(to_respond * to_respond), 0),
    count(to_resolve), coalesce(sum(to_resolve), 0), coalesce(sum(to_resolve * to_resolve), 0),
    count(*) FILTER (due_at IS NOT NULL AND (resolved_at IS NOT NULL OR due_at < as_of)),
    count(*) FILTER (resolved_at <= due_at)
FROM timed GROUP BY ALL ORDER BY month, membership_key, touchpoint_id, channel;

INSERT INTO snapshot.volumes
SELECT date_trunc('month', v.month)::DATE AS month, p.membership_key, sum(v.customers)
FROM cur_volumes AS v ASOF JOIN places AS p ON p.store_id = v.store_id AND p.from_day <= v.month
GROUP BY ALL ORDER BY ALL;
