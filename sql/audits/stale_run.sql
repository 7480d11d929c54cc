-- A run that says it is running for two days, four times what a task may take: its process was killed, and nobody
-- cleared the task.
SELECT r.run_id, j.name AS job, r.dag_run_id, r.map_index, r.started_at
  FROM lineage.run r
  JOIN lineage.job j ON j.job_id = r.job_id
 WHERE r.state = 'RUNNING' AND r.started_at < now() - INTERVAL '2 days'
