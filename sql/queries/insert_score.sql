-- A score is its pair, metric and judgement.
INSERT INTO lineage.score
      (score_id, pair_id, metric, value, reason, generation_id, config_id, generated_by)
SELECT score_id, pair_id, metric, value, reason, generation_id, config_id, generated_by
  FROM incoming
 ORDER BY score_id
ON CONFLICT (score_id) DO NOTHING
