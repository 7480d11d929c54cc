-- A pair whose instruction or response was not generated from its document.
SELECT p.pair_id, p.document_id, p.instruction_id, p.response_id
  FROM lineage.pair p
 WHERE NOT EXISTS (SELECT FROM lineage.generation_input i
                    WHERE i.generation_id = p.instruction_id AND i.document_id = p.document_id)
    OR (p.response_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM lineage.generation_input i
                         WHERE i.generation_id = p.response_id AND i.document_id = p.document_id
                           AND i.instruction_id = p.instruction_id))
