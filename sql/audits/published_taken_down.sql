-- A published release that holds a row under takedown.
SELECT r.dataset, r.version, e.pair_id, t.kind, t.value
  FROM lineage.document_takedown t
  JOIN lineage.pair p ON p.document_id = t.document_id
  JOIN lineage.example e ON e.pair_id = p.pair_id
  JOIN lineage.release r ON r.snapshot_id = e.snapshot_id
 WHERE r.state = 'published'
