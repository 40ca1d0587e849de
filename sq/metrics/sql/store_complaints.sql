-- store_complaints
-- one row per touchpoint ('' = none named) with complaints of a store that were opened in some months or are still open;
-- limited, in_time as in rollup_complaints; overdue: open past the due date on the last day known
WITH held AS (SELECT m.membership_key FROM memberships AS m WHERE {scope} AND m.store_id = ?),
timed AS (
    SELECT c.*, date_trunc('month', c.opened_at)::DATE BETWEEN ? AND ? AS is_inside
    FROM complaints AS c WHERE c.membership_key IN (SELECT membership_key FROM held)),
known AS (SELECT max(greatest(opened_at, resolved_at)) AS as_of FROM complaints)
SELECT t.touchpoint_id AS touchpoint, count(*) FILTER (t.is_inside) AS opened, count(*) FILTER (t.is_inside AND t.is_repeat) AS repeats,
    count(*) FILTER (t.is_inside AND t.due_at IS NOT NULL AND (t.resolved_at IS NOT NULL OR t.due_at < k.as_of)) AS limited,
    count(*) FILTER (t.is_inside AND t.resolved_at <= t.due_at) AS in_time,
    count(*) FILTER (t.resolved_at IS NULL) AS still_open,
    count(*) FILTER (t.resolved_at IS NULL AND t.due_at < k.as_of) AS overdue
FROM timed AS t CROSS JOIN known AS k
WHERE t.is_inside OR t.resolved_at IS NULL
GROUP BY ALL ORDER BY opened DESC, touchpoint
