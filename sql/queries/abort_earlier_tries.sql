-- Tries of the same task instance that never said how they ended: they were killed.
UPDATE lineage.run
   SET state = 'ABORT', ended_at = greatest(now(), started_at), error = 'killed: a later try took over'
 WHERE job_id = :job_id AND dag_run_id = :dag_run_id AND map_index = :map_index
   AND run_id <> :run_id AND state = 'RUNNING'
