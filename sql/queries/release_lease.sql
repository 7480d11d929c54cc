-- Let go of a server. Returns the others that still hold it; its supervisor stops it when there are none.
UPDATE lineage.model_lease
   SET holders = holders - CAST(:holder AS text)
 WHERE server_key = :server_key AND state IN ('starting', 'ready') AND jsonb_exists(holders, :holder)
RETURNING lease_id,
          ARRAY(SELECT key FROM jsonb_each_text(holders)
                 WHERE CAST(value AS timestamptz) > clock_timestamp() ORDER BY key) AS others
