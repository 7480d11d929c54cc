-- Where some rows of a release lie, in order, and how many there are in all.
SELECT e.pair_id, e.shard_key, e.shard_row, s.row_count
  FROM lineage.release r
  JOIN lineage.snapshot s ON s.snapshot_id = r.snapshot_id
  JOIN lineage.example e ON e.snapshot_id = r.snapshot_id
 WHERE r.dataset = :dataset AND r.version = :version
 ORDER BY e.shard_key, e.shard_row
OFFSET :offset LIMIT :limit
