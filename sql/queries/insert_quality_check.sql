-- Two checks under one name would be one: the count in quality_run then differs, and the commit is refused.
INSERT INTO lineage.quality_check
      (quality_run_id, assertion, column_name, severity, success, observed)
SELECT quality_run_id, assertion, column_name, severity, success, observed
  FROM incoming
 ORDER BY quality_run_id, assertion, column_name
ON CONFLICT (quality_run_id, assertion, column_name) DO NOTHING
