-- The rows of a release, in the order of its files.
SELECT e.snapshot_id, e.pair_id, e.shard_key, e.shard_row
  FROM lineage.release r
  JOIN lineage.example e ON e.snapshot_id = r.snapshot_id
 WHERE r.dataset = :dataset AND r.version = :version
 ORDER BY e.shard_key, e.shard_row
