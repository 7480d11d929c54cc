-- The present snapshot of each partition of a dataset, of one kind: the one that the newest run of the task that
-- commits it worked with. Not the newest snapshot: content that comes back after another is the present one again,
-- and keeps the run that first made it.
SELECT DISTINCT ON (s.partition_key) s.partition_key, s.manifest_uri, s.manifest_sha256, s.row_count
  FROM lineage.snapshot s
  JOIN lineage.dataset d ON d.dataset_id = s.dataset_id
  JOIN lineage.run_used u ON u.snapshot_id = s.snapshot_id
  JOIN lineage.run r ON r.run_id = u.run_id AND r.partition_key = s.partition_key
  JOIN lineage.job j ON j.job_id = r.job_id
 WHERE d.namespace = :dataset AND d.name = :kind AND substring(j.name FROM '[^.]+$') = :task
 ORDER BY s.partition_key, r.started_at DESC, r.run_id DESC, s.snapshot_id
