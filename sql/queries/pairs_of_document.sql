-- Every pair of a document, drafts (response_id NULL) before their rewrites.
SELECT pair_id, document_id, instruction_id, response_id
  FROM lineage.pair
 WHERE document_id = :document_id
 ORDER BY instruction_id, response_id NULLS FIRST, pair_id
