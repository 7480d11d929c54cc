-- A record is its place and its bytes: a known id is the same record.
INSERT INTO lineage.source_record
      (source_record_id, source_kind, source_uri, locator, record_sha256, claimed_digest, record_name,
       target_uri, record_at)
SELECT source_record_id, source_kind, source_uri, locator, record_sha256, claimed_digest, record_name,
       target_uri, record_at
  FROM incoming
 ORDER BY source_record_id
ON CONFLICT (source_record_id) DO NOTHING
