-- When each snapshot was last committed: when the last run started that made it, or made it again. Content that comes
-- back after another keeps the run that first made it; the runs of the same task that committed it again have used it.
DROP VIEW IF EXISTS lineage.snapshot_commit;
CREATE VIEW lineage.snapshot_commit AS
SELECT s.*, d.namespace AS dataset, d.name AS kind, c.committed_at
  FROM lineage.snapshot s
  JOIN lineage.dataset d ON d.dataset_id = s.dataset_id
  JOIN lineage.run g ON g.run_id = s.generated_by
 CROSS JOIN LATERAL (
        SELECT max(r.started_at) AS committed_at
          FROM lineage.run r
         WHERE r.run_id = g.run_id
            OR (r.job_id = g.job_id
                AND r.run_id IN (SELECT u.run_id FROM lineage.run_used u WHERE u.snapshot_id = s.snapshot_id))
       ) c;
