-- What tries have spent, by partition, stage and model; of one dataset and one partition where they are named.
-- Every try counts, the killed ones too; an answer that was reused cost its try nothing and is not counted again.
-- cost_micro maps a currency to millionths of it.
WITH line AS (
    SELECT r.dataset, r.partition_key, substring(j.name FROM '[^.]+$') AS stage,
           split_part(m.name, ':', 1) AS kind, split_part(m.name, ':', 2) AS detail,
           regexp_replace(m.name, '^[^:]+:[^:]+:', '') AS model, CAST(sum(m.value) AS bigint) AS value
      FROM lineage.run_metric m
      JOIN lineage.run r ON r.run_id = m.run_id
      JOIN lineage.job j ON j.job_id = r.job_id
     WHERE (m.name LIKE 'tokens:%' OR m.name LIKE 'cost_micro:%')
       AND r.dataset = coalesce(CAST(:dataset AS text), r.dataset)
       AND r.partition_key = coalesce(CAST(:partition_key AS text), r.partition_key)
     GROUP BY r.dataset, r.partition_key, stage, kind, detail, model
)
SELECT dataset, partition_key, stage, model,
       coalesce(max(value) FILTER (WHERE kind = 'tokens' AND detail = 'prompt'), 0) AS prompt_tokens,
       coalesce(max(value) FILTER (WHERE kind = 'tokens' AND detail = 'output'), 0) AS output_tokens,
       coalesce(jsonb_object_agg(detail, value) FILTER (WHERE kind = 'cost_micro'), '{}') AS cost_micro
  FROM line
 GROUP BY dataset, partition_key, stage, model
 ORDER BY dataset, partition_key, stage, model
