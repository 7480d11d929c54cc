-- The newest commit of each partition after the one named: the one whose run started last, as in
-- snapshot_of_partition. Keys are compared by their bytes.
SELECT DISTINCT ON (s.partition_key) s.partition_key, s.manifest_uri, s.manifest_sha256, s.row_count
  FROM lineage.snapshot s
  JOIN lineage.dataset d ON d.dataset_id = s.dataset_id
  JOIN lineage.run r ON r.run_id = s.generated_by
 WHERE d.namespace = :dataset AND d.name = :kind AND s.partition_key COLLATE "C" > :after
 ORDER BY s.partition_key, r.started_at DESC, s.snapshot_id
