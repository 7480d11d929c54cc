-- One pair.
SELECT pair_id, document_id, instruction_id, response_id
  FROM lineage.pair
 WHERE pair_id = :pair_id
