-- The newest commit of each partition of a dataset but the one named, the newest first.
SELECT partition_key, manifest_uri
  FROM (SELECT DISTINCT ON (s.partition_key) s.partition_key, s.manifest_uri, r.started_at
          FROM lineage.snapshot s
          JOIN lineage.dataset d ON d.dataset_id = s.dataset_id
          JOIN lineage.run r ON r.run_id = s.generated_by
         WHERE d.namespace = :dataset AND d.name = :kind AND s.partition_key <> :partition_key
         ORDER BY s.partition_key, r.started_at DESC, s.snapshot_id) newest
 ORDER BY started_at DESC
 LIMIT :row_limit
