-- One server, whatever became of it.
SELECT lease_id, server_key, host, url, gpus, state, log_file, log_count, log_tail, alive_at, exit_status,
       last_error, ready_at IS NOT NULL AS was_ready,
       ARRAY(SELECT key FROM jsonb_each_text(holders)
              WHERE CAST(value AS timestamptz) > clock_timestamp() ORDER BY key) AS holders
  FROM lineage.model_lease
 WHERE lease_id = :lease_id
