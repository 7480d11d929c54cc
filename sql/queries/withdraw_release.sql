-- Takes a release back; `latest` moves to the one before it. 0 rows: no such release, or withdrawn already.
UPDATE lineage.release
   SET state = 'withdrawn', withdrawn_at = now()
 WHERE dataset = :dataset AND version = :version AND state <> 'withdrawn'
