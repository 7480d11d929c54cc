-- A release that is filed under another partition, or another dataset, than its snapshot.
SELECT r.dataset, r.version, r.partition_key, d.namespace AS snapshot_dataset, s.partition_key AS snapshot_partition_key
  FROM lineage.release r
  JOIN lineage.snapshot s ON s.snapshot_id = r.snapshot_id
  JOIN lineage.dataset d ON d.dataset_id = s.dataset_id
 WHERE (r.dataset, r.partition_key) IS DISTINCT FROM (d.namespace, s.partition_key)
