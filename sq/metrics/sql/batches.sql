-- one row per batch, newest first, with the sums over its tables
SELECT b.batch_id, b.received_at, b.status, b.profile, b.files, b.withdrawn_at, coalesce(sum(t.read), 0)::INTEGER AS read,
    coalesce(sum(t.new), 0)::INTEGER AS new, coalesce(sum(t.changed), 0)::INTEGER AS changed,
    coalesce(sum(t.unchanged), 0)::INTEGER AS unchanged, coalesce(sum(t.rejected), 0)::INTEGER AS rejected,
    coalesce(sum(t.skipped), 0)::INTEGER AS skipped
FROM batches AS b LEFT JOIN batch_tables AS t USING (batch_id)
GROUP BY ALL ORDER BY b.batch_id DESC
