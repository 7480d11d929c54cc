-- Every quality run of a snapshot by one suite, newest first, with its failed checks.
SELECT q.quality_run_id, q.expected_count, q.complete, q.success, q.run_id, q.checked_at,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('assertion', c.assertion, 'column_name', c.column_name,
                                                     'severity', c.severity, 'observed', c.observed)
                                  ORDER BY c.severity, c.assertion, c.column_name), '[]')
          FROM lineage.quality_check c
         WHERE c.quality_run_id = q.quality_run_id AND NOT c.success) AS failed
  FROM lineage.quality_run q
 WHERE q.snapshot_id = :snapshot_id AND q.suite_sha256 = :suite_sha256
 ORDER BY q.checked_at DESC, q.quality_run_id
