-- Hold a server for longer; nothing where the holder let go of it, or it is about to stop.
UPDATE lineage.model_lease
   SET holders = holders || jsonb_build_object(
           CAST(:holder AS text), clock_timestamp() + make_interval(secs => CAST(:seconds AS double precision)))
 WHERE lease_id = :lease_id AND state IN ('starting', 'ready') AND jsonb_exists(holders, :holder)
