-- Documents that a takedown covers, with the takedown. A domain covers its subdomains.
DROP VIEW IF EXISTS lineage.document_takedown;
CREATE VIEW lineage.document_takedown AS
SELECT d.document_id, t.takedown_id, t.kind, t.value, t.reason, t.requested_at
  FROM lineage.takedown t
  JOIN lineage.document d ON d.document_id = CASE t.kind WHEN 'document' THEN CAST(t.value AS uuid) END
UNION ALL
SELECT d.document_id, t.takedown_id, t.kind, t.value, t.reason, t.requested_at
  FROM lineage.takedown t
  JOIN lineage.document d ON t.kind = 'text_sha256' AND d.text_sha256 = t.value
UNION ALL
SELECT d.document_id, t.takedown_id, t.kind, t.value, t.reason, t.requested_at
  FROM lineage.takedown t
  JOIN lineage.source_record s ON t.kind = 'url' AND s.target_uri = t.value
  JOIN lineage.document d ON d.source_record_id = s.source_record_id
UNION ALL
SELECT d.document_id, t.takedown_id, t.kind, t.value, t.reason, t.requested_at
  FROM lineage.takedown t
  JOIN lineage.source_record s
    ON t.kind = 'domain'
   AND '.' || lower(substring(s.target_uri FROM '^[^/?#]+//(?:[^/?#@]*@)?([^/?#:]+)')) LIKE '%.' || lower(t.value)
  JOIN lineage.document d ON d.source_record_id = s.source_record_id;
