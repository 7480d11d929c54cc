-- A document that is found again keeps the shard and the run that first held it.
INSERT INTO lineage.document
      (document_id, source_record_id, extract_config_id, extractor, text_sha256, title, language, shard_key,
       shard_row, generated_by)
SELECT document_id, source_record_id, extract_config_id, extractor, text_sha256, title, language, shard_key,
       shard_row, generated_by
  FROM incoming
 ORDER BY document_id
ON CONFLICT (document_id) DO NOTHING
