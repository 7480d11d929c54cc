-- The stored answers to the requests in the temporary table `wanted`. An erased answer is not among them.
SELECT g.generation_id, g.finish_reason, g.prompt_tokens, g.output_tokens, g.output_sha256, g.facts, o.output_text
  FROM wanted w
  JOIN lineage.generation g ON g.generation_id = w.id
  JOIN lineage.generation_output o ON o.generation_id = g.generation_id
