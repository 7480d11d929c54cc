-- A quality run that is stored again, with its checks, is the same run.
INSERT INTO lineage.quality_run
      (quality_run_id, snapshot_id, suite_sha256, expected_count, complete, success, run_id, checked_at)
SELECT quality_run_id, snapshot_id, suite_sha256, expected_count, complete, success, run_id, checked_at
  FROM incoming
 ORDER BY quality_run_id
ON CONFLICT (quality_run_id) DO NOTHING
