-- A server that ends for a reason of its own: nobody joins it from here on.
UPDATE lineage.model_lease
   SET state = 'stopping'
 WHERE lease_id = :lease_id AND state IN ('starting', 'ready')
