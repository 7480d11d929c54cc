-- A policy decides once about a pair, or about each score of it.
INSERT INTO lineage.decision
      (pair_id, config_id, score, kept, reason, generated_by)
SELECT pair_id, config_id, score, kept, reason, generated_by
  FROM incoming
 ORDER BY pair_id, config_id, score
ON CONFLICT (pair_id, config_id, score) DO NOTHING
