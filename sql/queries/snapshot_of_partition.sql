-- The newest commit of one partition: the one whose run started last. Content that comes back after another keeps the
-- run that first made it; the runs of the same task that committed it again have used it.
SELECT s.snapshot_id, s.manifest_uri, s.manifest_sha256, s.row_count, s.generated_by, c.started_at
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
 WHERE d.namespace = :dataset AND d.name = :kind AND s.partition_key = :partition_key
 ORDER BY c.started_at DESC, s.snapshot_id
 LIMIT 1
