-- The newest commit of one partition: the one whose run started last.
SELECT s.snapshot_id, s.manifest_uri, s.manifest_sha256, s.row_count, s.generated_by, r.started_at
  FROM lineage.snapshot s
  JOIN lineage.dataset d ON d.dataset_id = s.dataset_id
  JOIN lineage.run r ON r.run_id = s.generated_by
 WHERE d.namespace = :dataset AND d.name = :kind AND s.partition_key = :partition_key
 ORDER BY r.started_at DESC, s.snapshot_id
 LIMIT 1
