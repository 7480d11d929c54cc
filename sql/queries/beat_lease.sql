-- The supervisor's word that it lives, and in return what to do: a state of `stopping` means that no holder is left.
UPDATE lineage.model_lease
   SET alive_at = clock_timestamp(),
       pid = :pid,
       log_count = :log_count,
       log_tail = :log_tail,
       ready_at = CASE WHEN state = 'starting' AND :is_healthy THEN clock_timestamp() ELSE ready_at END,
       state = CASE
           WHEN state = 'stopping' THEN state
           WHEN NOT EXISTS (SELECT FROM jsonb_each_text(holders)
                             WHERE CAST(value AS timestamptz) > clock_timestamp()) THEN 'stopping'
           WHEN :is_healthy THEN 'ready'
           ELSE state
       END
 WHERE lease_id = :lease_id AND state <> 'ended'
RETURNING state, holders
