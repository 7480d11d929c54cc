-- Says that a run read a snapshot of its own dataset, by the digest of its manifest. 0 rows: known already, or no
-- such snapshot.
INSERT INTO lineage.run_used (run_id, snapshot_id)
SELECT r.run_id, s.snapshot_id
  FROM lineage.run r
  JOIN lineage.dataset d ON d.namespace = r.dataset
  JOIN lineage.snapshot s ON s.dataset_id = d.dataset_id
 WHERE r.run_id = :run_id AND s.manifest_sha256 = :manifest_sha256
ON CONFLICT (run_id, snapshot_id) DO NOTHING
