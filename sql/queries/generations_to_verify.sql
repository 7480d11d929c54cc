-- The requests and answers behind the ids in the temporary table `wanted`.
SELECT g.generation_id, g.stage, p.version AS prompt_version, p.template_sha256, g.rendered_sha256, g.sampling, g.seed,
       g.attempt, g.finish_reason, g.facts, g.output_sha256, o.output_text, m.name AS model_name,
       m.revision AS model_revision
  FROM wanted w
  JOIN lineage.generation g ON g.generation_id = w.id
  JOIN lineage.prompt p ON p.prompt_id = g.prompt_id
  JOIN lineage.model m ON m.model_id = g.model_id
  LEFT JOIN lineage.generation_output o ON o.generation_id = g.generation_id
