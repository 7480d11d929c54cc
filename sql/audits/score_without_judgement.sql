-- A score whose judgement was about another document or instruction than the pair it rates.
SELECT s.score_id, s.pair_id, s.metric, s.generation_id
  FROM lineage.score s
  JOIN lineage.pair p ON p.pair_id = s.pair_id
 WHERE s.config_id IS NULL
   AND NOT EXISTS (SELECT FROM lineage.generation_input i
                    WHERE i.generation_id = s.generation_id AND i.document_id = p.document_id
                      AND i.instruction_id = p.instruction_id)
