-- Every answered request about a document, with its prompt, model, settings, answer and run.
SELECT g.generation_id, g.stage, i.instruction_id, p.stage || '@' || p.version AS prompt, p.template_sha256,
       m.name || '@' || m.revision AS model, g.sampling, g.seed, g.attempt, g.rendered_sha256, g.finish_reason,
       g.prompt_tokens, g.output_tokens, g.output_sha256, o.output_text, e.erased_at, g.facts,
       g.generated_by AS run_id, j.name AS job, run.dag_run_id, run.try_number, run.code_version, run.started_at
  FROM lineage.generation_input i
  JOIN lineage.generation g ON g.generation_id = i.generation_id
  JOIN lineage.prompt p ON p.prompt_id = g.prompt_id
  JOIN lineage.model m ON m.model_id = g.model_id
  JOIN lineage.run run ON run.run_id = g.generated_by
  JOIN lineage.job j ON j.job_id = run.job_id
  LEFT JOIN lineage.generation_output o ON o.generation_id = g.generation_id
  LEFT JOIN lineage.erasure e ON e.old_sha256 = g.output_sha256
 WHERE i.document_id = :document_id
 ORDER BY run.started_at, g.stage, g.attempt, g.generation_id
