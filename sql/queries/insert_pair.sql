-- A pair is its three parts.
INSERT INTO lineage.pair
      (pair_id, document_id, instruction_id, response_id)
SELECT pair_id, document_id, instruction_id, response_id
  FROM incoming
 ORDER BY pair_id
ON CONFLICT (pair_id) DO NOTHING
