-- One answer to the question that is always the same.
INSERT INTO lineage.model_canary
      (canary_id, model_id, api, asked_sha256, answer, logprobs, reference_id, verified, generated_by, recorded_at)
SELECT canary_id, model_id, api, asked_sha256, answer, logprobs, reference_id, verified, generated_by, recorded_at
  FROM incoming
 ORDER BY canary_id
ON CONFLICT (canary_id) DO NOTHING
