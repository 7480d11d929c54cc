-- Stages a release. Other rows under a known version are not inserted: the caller reads back what the version means.
INSERT INTO lineage.release
      (dataset, version, partition_key, snapshot_id, manifest_key, manifest_sha256, variant)
SELECT dataset, version, partition_key, snapshot_id, manifest_key, manifest_sha256, variant
  FROM incoming
 ORDER BY dataset, version
ON CONFLICT (dataset, version) DO NOTHING
