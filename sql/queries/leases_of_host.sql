-- The servers that have devices of a host now, and who holds them.
SELECT lease_id, gpus,
       ARRAY(SELECT key FROM jsonb_each_text(holders)
              WHERE CAST(value AS timestamptz) > clock_timestamp() ORDER BY key) AS holders
  FROM lineage.model_lease
 WHERE host = :host AND state <> 'ended'
 ORDER BY made_at
