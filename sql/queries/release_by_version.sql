-- One release, whatever its state.
SELECT r.dataset, r.version, r.partition_key, r.snapshot_id, r.manifest_key, r.manifest_sha256, r.state,
       r.variant, r.published_at, r.withdrawn_at, s.row_count
  FROM lineage.release r
  JOIN lineage.snapshot s ON s.snapshot_id = r.snapshot_id
 WHERE r.dataset = :dataset AND r.version = :version
