-- Rows of a snapshot that a takedown covers; a release of it must not be published.
SELECT e.pair_id, p.document_id, t.takedown_id, t.kind, t.value, t.reason
  FROM lineage.example e
  JOIN lineage.pair p ON p.pair_id = e.pair_id
  JOIN lineage.document_takedown t ON t.document_id = p.document_id
 WHERE e.snapshot_id = :snapshot_id
 ORDER BY e.shard_key, e.shard_row
