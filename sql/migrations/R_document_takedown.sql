-- Documents that a takedown covers, with the takedown. A domain covers its subdomains.
DROP VIEW IF EXISTS lineage.document_takedown;
CREATE VIEW lineage.document_takedown AS
SELECT d.document_id, t.takedown_id, t.kind, t.value, t.reason, t.requested_at
  FROM lineage.takedown t
  JOIN lineage.document d ON d.document_id = CASE
           WHEN t.kind = 'document' AND t.value ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN CAST(t.value AS uuid) END
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
   AND right('.' || lower(rtrim(substring(s.target_uri FROM '^[^/?#]+//(?:[^/?#@]*@)?([^/?#:]+)'), '.')), length(t.value) + 1)
     = '.' || lower(t.value)
  JOIN lineage.document d ON d.source_record_id = s.source_record_id;
