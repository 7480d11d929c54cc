-- Pairs, documents and generations whose id lies between :low and :high, the two ends of a prefix.
(SELECT 'pair' AS kind, pair_id AS id FROM lineage.pair
  WHERE pair_id BETWEEN :low AND :high ORDER BY pair_id LIMIT :limit)
UNION ALL
(SELECT 'document', document_id FROM lineage.document
  WHERE document_id BETWEEN :low AND :high ORDER BY document_id LIMIT :limit)
UNION ALL
(SELECT 'generation', generation_id FROM lineage.generation
  WHERE generation_id BETWEEN :low AND :high ORDER BY generation_id LIMIT :limit)
