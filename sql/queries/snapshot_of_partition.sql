-- The newest commit of one partition.
SELECT snapshot_id, manifest_uri, manifest_sha256, row_count, generated_by, committed_at
  FROM lineage.snapshot_commit
 WHERE dataset = :dataset AND kind = :kind AND partition_key = :partition_key
 ORDER BY committed_at DESC, snapshot_id
 LIMIT 1
