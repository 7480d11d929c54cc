-- Ends a run, once. 0 rows: it ended before, by itself or because a later try took over.
UPDATE lineage.run
   SET state = :state, ended_at = :ended_at, error = :error
 WHERE run_id = :run_id AND state = 'RUNNING'
