-- How often in a row a server failed before it was healthy, today: one that was healthy ends the row.
SELECT count(*) AS failed_count
  FROM lineage.model_lease l
 WHERE l.server_key = :server_key AND l.state = 'ended' AND l.ready_at IS NULL AND l.last_error IS NOT NULL
   AND l.made_at > now() - INTERVAL '1 day'
   AND NOT EXISTS (SELECT FROM lineage.model_lease later
                    WHERE later.server_key = l.server_key AND later.ready_at > l.made_at)
