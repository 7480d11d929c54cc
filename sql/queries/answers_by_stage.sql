-- How long the answers of a dataset are, by stage: over every partition but the one named, which is to be forecast.
-- requests_per_row: how many requests a first one brings with it (votes, and attempts after an answer did not parse).
SELECT g.stage, count(*) AS request_count, CAST(avg(g.output_tokens) AS float8) AS output_tokens,
       CAST(count(*) AS float8) / greatest(1, count(*) FILTER (WHERE g.attempt = 0)) AS requests_per_row
  FROM lineage.run r
  JOIN lineage.generation g ON g.generated_by = r.run_id
 WHERE r.dataset = :dataset AND r.partition_key <> :partition_key
 GROUP BY g.stage
