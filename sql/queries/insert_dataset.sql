-- A dataset is its name.
INSERT INTO lineage.dataset
      (dataset_id, namespace, name)
SELECT dataset_id, namespace, name
  FROM incoming
 ORDER BY dataset_id
ON CONFLICT (dataset_id) DO NOTHING
