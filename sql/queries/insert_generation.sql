-- The first answer to a request counts; a later one to the same request changes nothing.
INSERT INTO lineage.generation
      (generation_id, stage, prompt_id, model_id, sampling, seed, attempt, rendered_sha256, finish_reason,
       prompt_tokens, output_tokens, output_sha256, facts, generated_by)
SELECT generation_id, stage, prompt_id, model_id, sampling, seed, attempt, rendered_sha256, finish_reason,
       prompt_tokens, output_tokens, output_sha256, facts, generated_by
  FROM incoming
 ORDER BY generation_id
ON CONFLICT (generation_id) DO NOTHING
