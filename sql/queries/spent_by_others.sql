-- What a Dag run has spent so far, over all tries of all its tasks but the one that asks. A run_id of Airflow is
-- unique within its Dag only, which is why the Dag is asked for too.
SELECT coalesce(CAST(sum(m.value) FILTER (WHERE m.name LIKE 'tokens:%') AS bigint), 0) AS token_count,
       coalesce(CAST(sum(m.value) FILTER (WHERE m.name = 'cost_micro') AS bigint), 0) AS cost_micro
  FROM lineage.run r
  JOIN lineage.job j ON j.job_id = r.job_id
  JOIN lineage.run_metric m ON m.run_id = r.run_id
 WHERE r.dag_run_id = :dag_run_id AND split_part(j.name, '.', 1) = :dag_id AND r.run_id <> CAST(:run_id AS uuid)
   AND (m.name LIKE 'tokens:%' OR m.name = 'cost_micro')
