-- The shards that a stage worked on in the newest Dag run that did it: of a dataset, and of one partition where it is
-- named. Reused work counts as well: a try records what it reads before it looks for a commit.
WITH work AS (
    SELECT r.run_id, r.dag_run_id, split_part(j.name, '.', 1) AS dag_id, r.partition_key, r.started_at
      FROM lineage.run r
      JOIN lineage.job j ON j.job_id = r.job_id
     WHERE r.dataset = :dataset AND substring(j.name FROM '[^.]+$') = :stage
       AND r.partition_key = coalesce(CAST(:partition_key AS text), r.partition_key)
       AND EXISTS (SELECT FROM lineage.run_used u WHERE u.run_id = r.run_id)
), newest AS (
    SELECT dag_run_id, dag_id, partition_key FROM work ORDER BY started_at DESC LIMIT 1
)
SELECT DISTINCT s.manifest_uri, s.manifest_sha256, s.row_count, newest.partition_key
  FROM newest
  JOIN work ON work.dag_run_id = newest.dag_run_id AND work.dag_id = newest.dag_id
  JOIN lineage.run_used u ON u.run_id = work.run_id
  JOIN lineage.snapshot s ON s.snapshot_id = u.snapshot_id
 ORDER BY s.manifest_uri
