-- The last complete quality run of a snapshot by one suite, if it was good.
SELECT last.quality_run_id, last.checked_at, last.run_id
  FROM (SELECT quality_run_id, checked_at, run_id, success
          FROM lineage.quality_run
         WHERE snapshot_id = :snapshot_id AND suite_sha256 = :suite_sha256 AND complete
         ORDER BY checked_at DESC, quality_run_id
         LIMIT 1) last
 WHERE last.success
