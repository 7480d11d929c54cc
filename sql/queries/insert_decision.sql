-- A policy decides once about a pair.
INSERT INTO lineage.decision
      (pair_id, config_id, kept, reason, generated_by)
SELECT pair_id, config_id, kept, reason, generated_by
  FROM incoming
 ORDER BY pair_id, config_id
ON CONFLICT (pair_id, config_id) DO NOTHING
