-- A published release whose snapshot never passed a complete quality run before it was published.
SELECT r.dataset, r.version, r.snapshot_id
  FROM lineage.release r
 WHERE r.state = 'published'
   AND NOT EXISTS (SELECT FROM lineage.quality_run q
                    WHERE q.snapshot_id = r.snapshot_id AND q.complete AND q.success
                      AND q.checked_at <= r.published_at)
