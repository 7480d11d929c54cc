-- A policy decides once about a pair, or about each score of it, unless its rules were changed.
INSERT INTO lineage.decision
      (pair_id, config_id, score, kept, reason, generated_by)
SELECT pair_id, config_id, score, kept, reason, generated_by
  FROM incoming
 ORDER BY pair_id, config_id, score, kept
ON CONFLICT (pair_id, config_id, score, kept) DO NOTHING
