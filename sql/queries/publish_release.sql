-- Publishes a staged release when the last complete quality run of its snapshot, by this suite, was good.
-- 0 rows: it was not, or there is none, or the release is not staged.
UPDATE lineage.release r
   SET state = 'published', published_at = now()
 WHERE r.dataset = :dataset AND r.version = :version AND r.state = 'staged'
   AND (SELECT q.success
          FROM lineage.quality_run q
         WHERE q.snapshot_id = r.snapshot_id AND q.suite_sha256 = :suite_sha256 AND q.complete
         ORDER BY q.checked_at DESC, q.quality_run_id
         LIMIT 1)
