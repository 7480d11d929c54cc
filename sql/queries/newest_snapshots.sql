-- The newest commit of each partition after the one named, as in snapshot_of_partition. Keys are compared by their bytes.
SELECT DISTINCT ON (s.partition_key) s.partition_key, s.manifest_uri, s.manifest_sha256, s.row_count
  FROM lineage.snapshot s
  JOIN lineage.dataset d ON d.dataset_id = s.dataset_id
  JOIN lineage.run g ON g.run_id = s.generated_by
 CROSS JOIN LATERAL (
        SELECT max(r.started_at) AS started_at
          FROM lineage.run r
         WHERE r.run_id = g.run_id
            OR (r.job_id = g.job_id
                AND r.run_id IN (SELECT u.run_id FROM lineage.run_used u WHERE u.snapshot_id = s.snapshot_id))
       ) c
 WHERE d.namespace = :dataset AND d.name = :kind AND s.partition_key COLLATE "C" > :after
 ORDER BY s.partition_key, c.started_at DESC, s.snapshot_id
