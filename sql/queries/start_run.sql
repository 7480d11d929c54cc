-- A try that starts twice (its task does two pieces of work) is one run.
INSERT INTO lineage.run
      (run_id, job_id, dataset, partition_key, dag_run_id, map_index, try_number, code_version, started_at)
VALUES (:run_id, :job_id, :dataset, :partition_key, :dag_run_id, :map_index, :try_number, :code_version, :started_at)
ON CONFLICT (run_id) DO NOTHING
