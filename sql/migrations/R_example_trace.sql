-- One published row, back to the bytes of its web page: a row for each (snapshot, pair).
-- Scores and decisions are those of every pair of the same document and instruction: judges rate the draft
-- (of = 'document'), verification looks at the rewritten response (of = 'response').
DROP VIEW IF EXISTS lineage.example_trace;
CREATE VIEW lineage.example_trace AS
SELECT e.snapshot_id, e.pair_id, e.shard_key, e.shard_row,
       s.source_record_id, s.source_kind, s.source_uri, s.locator, s.record_sha256, s.claimed_digest, s.record_name,
       s.target_uri, s.record_at,
       d.document_id, d.text_sha256, d.extractor, d.extract_config_id, dc.body AS extract_config,
       d.title, d.language, d.shard_key AS document_shard_key, d.shard_row AS document_shard_row,
       i.generation_id AS instruction_id, ip.stage || '@' || ip.version AS instruction_prompt,
       im.name || '@' || im.revision AS instruction_model, i.sampling AS instruction_sampling, i.seed AS instruction_seed,
       i.attempt AS instruction_attempt, i.rendered_sha256 AS instruction_rendered_sha256,
       i.output_sha256 AS instruction_output_sha256, i.generated_by AS instruction_run_id,
       r.generation_id AS response_id, rp.stage || '@' || rp.version AS response_prompt,
       rm.name || '@' || rm.revision AS response_model, r.sampling AS response_sampling, r.seed AS response_seed,
       r.attempt AS response_attempt, r.rendered_sha256 AS response_rendered_sha256,
       r.output_sha256 AS response_output_sha256, r.generated_by AS response_run_id,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'score_id', sc.score_id, 'of', CASE WHEN sp.response_id IS NULL THEN 'document' ELSE 'response' END,
                   'metric', sc.metric, 'value', sc.value, 'reason', sc.reason, 'rule', c.body,
                   'generation_id', g.generation_id, 'prompt', gp.stage || '@' || gp.version,
                   'judge', gm.name || '@' || gm.revision, 'sampling', g.sampling, 'seed', g.seed, 'attempt', g.attempt,
                   'rendered_sha256', g.rendered_sha256, 'output_sha256', g.output_sha256)
                   ORDER BY sp.response_id NULLS FIRST, sc.metric, sc.score_id), '[]')
          FROM lineage.pair sp
          JOIN lineage.score sc USING (pair_id)
          LEFT JOIN lineage.generation g  ON g.generation_id = sc.generation_id
          LEFT JOIN lineage.prompt     gp ON gp.prompt_id = g.prompt_id
          LEFT JOIN lineage.model      gm ON gm.model_id = g.model_id
          LEFT JOIN lineage.config     c  ON c.config_id = sc.config_id
         WHERE sp.document_id = p.document_id AND sp.instruction_id = p.instruction_id
           AND (sp.response_id IS NULL OR sp.pair_id = p.pair_id)) AS scores,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'of', CASE WHEN kp.response_id IS NULL THEN 'document' ELSE 'response' END,
                   'kept', k.kept, 'reason', k.reason, 'score', k.score, 'policy', kc.kind, 'policy_config', kc.body,
                   'config_id', k.config_id)
                   ORDER BY kp.response_id NULLS FIRST, kc.kind, k.config_id, k.score), '[]')
          FROM lineage.pair kp
          JOIN lineage.decision k USING (pair_id)
          JOIN lineage.config kc ON kc.config_id = k.config_id
         WHERE kp.document_id = p.document_id AND kp.instruction_id = p.instruction_id
           AND (kp.response_id IS NULL OR kp.pair_id = p.pair_id)) AS decisions
  FROM lineage.example e
  JOIN lineage.pair          p  ON p.pair_id = e.pair_id
  JOIN lineage.document      d  ON d.document_id = p.document_id
  JOIN lineage.config        dc ON dc.config_id = d.extract_config_id
  JOIN lineage.source_record s  ON s.source_record_id = d.source_record_id
  JOIN lineage.generation    i  ON i.generation_id = p.instruction_id
  JOIN lineage.prompt        ip ON ip.prompt_id = i.prompt_id
  JOIN lineage.model         im ON im.model_id = i.model_id
  LEFT JOIN lineage.generation r  ON r.generation_id = p.response_id
  LEFT JOIN lineage.prompt     rp ON rp.prompt_id = r.prompt_id
  LEFT JOIN lineage.model      rm ON rm.model_id = r.model_id;
