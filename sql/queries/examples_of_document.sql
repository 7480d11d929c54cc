-- Where a document's pairs stand in candidates and releases (version NULL: a candidate that was never staged).
SELECT e.pair_id, e.snapshot_id, e.shard_key, e.shard_row, d.namespace AS dataset, s.partition_key, r.version, r.state,
       r.published_at
  FROM lineage.pair p
  JOIN lineage.example e ON e.pair_id = p.pair_id
  JOIN lineage.snapshot s ON s.snapshot_id = e.snapshot_id
  JOIN lineage.dataset d ON d.dataset_id = s.dataset_id
  LEFT JOIN lineage.release r ON r.snapshot_id = s.snapshot_id
 WHERE p.document_id = :document_id
 ORDER BY e.pair_id, r.published_at NULLS LAST, d.namespace, r.version
