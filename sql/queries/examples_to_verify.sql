-- Every row of one release with all that is needed to derive it again. :pair_id NULL takes them all.
SELECT t.pair_id, t.shard_key, t.shard_row, t.source_kind, t.source_uri, t.locator, t.record_sha256, t.target_uri,
       t.source_record_id, t.document_id, t.text_sha256, t.language, t.extractor, t.extract_config_id, t.extract_config,
       t.instruction_id, t.response_id, t.scores, t.decisions
  FROM lineage.release r
  JOIN lineage.example_trace t ON t.snapshot_id = r.snapshot_id
 WHERE r.dataset = :dataset
   AND r.version = :version
   AND (CAST(:pair_id AS uuid) IS NULL OR t.pair_id = CAST(:pair_id AS uuid))
 ORDER BY t.shard_key, t.shard_row
