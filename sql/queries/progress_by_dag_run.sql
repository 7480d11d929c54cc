-- Sums of the counts of some Dag runs, by job: of a task instance that was tried again, the last try counts.
WITH last_try AS (
    SELECT DISTINCT ON (dag_run_id, job_id, map_index) run_id, dag_run_id, job_id
      FROM lineage.run
     WHERE dag_run_id = ANY (CAST(:dag_run_ids AS text[]))
     ORDER BY dag_run_id, job_id, map_index, try_number DESC, started_at DESC
)
SELECT t.dag_run_id, j.name AS job, m.name, CAST(sum(m.value) AS bigint) AS value
  FROM last_try t
  JOIN lineage.job j ON j.job_id = t.job_id
  JOIN lineage.run_metric m ON m.run_id = t.run_id
 GROUP BY t.dag_run_id, j.name, m.name
 ORDER BY t.dag_run_id, j.name, m.name
