-- How long the answers of a dataset are, by stage: over every partition but the one named, which is to be forecast.
-- requests_per_row: how many requests a prompt got (votes, and attempts after an answer did not parse). The first of
-- them may be another dataset's, from whom its answer was taken: counting attempts 0 would miss those rows.
SELECT g.stage, count(*) AS request_count, CAST(avg(g.output_tokens) AS float8) AS output_tokens,
       CAST(count(*) AS float8) / count(DISTINCT (g.rendered_sha256, g.model_id, g.sampling)) AS requests_per_row
  FROM lineage.run r
  JOIN lineage.generation g ON g.generated_by = r.run_id
 WHERE r.dataset = :dataset AND r.partition_key <> :partition_key
 GROUP BY g.stage
