-- A quality run that is called complete, but lacks checks, or whose verdict they do not bear out.
SELECT q.quality_run_id, q.snapshot_id, q.expected_count, q.success, count(c.assertion) AS check_count
  FROM lineage.quality_run q
  LEFT JOIN lineage.quality_check c ON c.quality_run_id = q.quality_run_id
 WHERE q.complete
 GROUP BY q.quality_run_id
HAVING count(c.assertion) <> q.expected_count
    OR q.success <> (count(*) FILTER (WHERE c.severity = 'critical' AND NOT c.success) = 0)
