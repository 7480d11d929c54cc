-- A job is its name; Airflow's own id of a Dag plays no part.
INSERT INTO lineage.job
      (job_id, namespace, name)
SELECT job_id, namespace, name
  FROM incoming
 ORDER BY job_id
ON CONFLICT (job_id) DO NOTHING
