-- A model is its name and revision.
INSERT INTO lineage.model
      (model_id, name, revision)
SELECT model_id, name, revision
  FROM incoming
 ORDER BY model_id
ON CONFLICT (model_id) DO NOTHING
