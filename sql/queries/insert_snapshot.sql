-- A snapshot that is found again keeps the run that first made it.
INSERT INTO lineage.snapshot
      (snapshot_id, dataset_id, partition_key, manifest_uri, manifest_sha256, row_count, generated_by)
SELECT snapshot_id, dataset_id, partition_key, manifest_uri, manifest_sha256, row_count, generated_by
  FROM incoming
 ORDER BY snapshot_id
ON CONFLICT (snapshot_id) DO NOTHING
