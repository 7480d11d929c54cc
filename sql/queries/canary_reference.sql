-- The answer that a model's answers are compared with now: the newest that a person, or its being the first, made one.
SELECT canary_id, answer, logprobs, recorded_at
  FROM lineage.model_canary
 WHERE model_id = CAST(:model_id AS uuid) AND api = :api AND asked_sha256 = :asked_sha256 AND verified IS NULL
 ORDER BY recorded_at DESC, canary_id
 LIMIT 1
