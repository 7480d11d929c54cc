-- Which of the requests in the temporary table `wanted` had an answer that was erased since: they are not asked again.
SELECT g.generation_id
  FROM wanted w
  JOIN lineage.generation g ON g.generation_id = w.id
 WHERE NOT EXISTS (SELECT FROM lineage.generation_output o WHERE o.generation_id = g.generation_id)
