-- A link is all there is to it: a known one is the same.
INSERT INTO lineage.generation_input
      (generation_id, document_id, instruction_id)
SELECT generation_id, document_id, instruction_id
  FROM incoming
 ORDER BY generation_id, document_id, instruction_id
ON CONFLICT (generation_id, document_id, instruction_id) DO NOTHING
