-- A server is gone. With `alive_at` only where its supervisor has not said a word since then.
UPDATE lineage.model_lease
   SET state = 'ended',
       ended_at = clock_timestamp(),
       exit_status = :exit_status,
       last_error = :last_error,
       log_count = coalesce(:log_count, log_count),
       log_tail = coalesce(:log_tail, log_tail)
 WHERE lease_id = :lease_id AND state <> 'ended'
   AND (CAST(:alive_at AS timestamptz) IS NULL OR alive_at = CAST(:alive_at AS timestamptz))
