-- Every score of a document's pairs, with the judgement or the rule behind it.
SELECT s.score_id, s.pair_id, s.metric, s.value, s.reason, s.generation_id, c.kind AS rule, c.body AS rule_config
  FROM lineage.pair p
  JOIN lineage.score s ON s.pair_id = p.pair_id
  LEFT JOIN lineage.config c ON c.config_id = s.config_id
 WHERE p.document_id = :document_id
 ORDER BY s.pair_id, s.metric, s.score_id
