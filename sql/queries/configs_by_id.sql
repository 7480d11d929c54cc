-- The configurations behind the ids in the temporary table `wanted`.
SELECT c.config_id, c.body
  FROM wanted w
  JOIN lineage.config c ON c.config_id = w.id
