-- Which of the runs in the temporary table `wanted` this store knows.
SELECT r.run_id
  FROM wanted w
  JOIN lineage.run r ON r.run_id = w.id
