-- One document: how its text was extracted, from which record, where that lies, and by which run.
SELECT d.document_id, d.text_sha256, d.title, d.language, d.extractor, d.extract_config_id, c.body AS extract_config,
       d.shard_key, d.shard_row,
       s.source_record_id, s.source_kind, s.source_uri, s.locator, s.record_sha256, s.claimed_digest, s.record_name,
       s.target_uri, s.record_at,
       (SELECT coalesce(jsonb_agg(l.dataset ORDER BY l.dataset), '[]')
          FROM lineage.source_location l WHERE l.source_record_id = s.source_record_id) AS datasets,
       d.generated_by AS run_id, j.name AS job, run.dag_run_id, run.try_number, run.code_version, run.started_at
  FROM lineage.document d
  JOIN lineage.config c ON c.config_id = d.extract_config_id
  JOIN lineage.source_record s ON s.source_record_id = d.source_record_id
  JOIN lineage.run run ON run.run_id = d.generated_by
  JOIN lineage.job j ON j.job_id = run.job_id
 WHERE d.document_id = :document_id
