-- The newest commit of each partition after the one named. Keys are compared by their bytes.
SELECT DISTINCT ON (partition_key) partition_key, manifest_uri, manifest_sha256, row_count
  FROM lineage.snapshot_commit
 WHERE dataset = :dataset AND kind = :kind AND partition_key COLLATE "C" > :after
 ORDER BY partition_key, committed_at DESC, snapshot_id
