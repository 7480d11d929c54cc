-- What a release cost: the requests behind the documents of its partition, by stage and model, each counted once.
-- Requests whose rows were dropped later are among them: they were paid for too.
WITH read_by AS (   -- every run of the partition, whichever Dag it belongs to
    SELECT run.run_id
      FROM lineage.release r
      JOIN lineage.run run ON run.dataset = r.dataset AND run.partition_key = r.partition_key
     WHERE r.dataset = :dataset AND r.version = :version
)
SELECT g.stage, m.name || '@' || m.revision AS model, count(*) AS request_count,
       CAST(sum(g.prompt_tokens) AS bigint) AS prompt_tokens, CAST(sum(g.output_tokens) AS bigint) AS output_tokens
  FROM read_by
  JOIN lineage.generation g ON g.generated_by = read_by.run_id
  JOIN lineage.model m ON m.model_id = g.model_id
 GROUP BY g.stage, m.name, m.revision
 ORDER BY g.stage, model
