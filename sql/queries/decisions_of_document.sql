-- Every decision about a document's pairs, with the policy that made it and the run.
SELECT k.pair_id, k.kept, k.reason, k.score, c.kind AS policy, k.config_id, c.body AS policy_config,
       k.generated_by AS run_id, j.name AS job, run.dag_run_id, run.try_number, run.code_version, run.started_at
  FROM lineage.pair p
  JOIN lineage.decision k ON k.pair_id = p.pair_id
  JOIN lineage.config c ON c.config_id = k.config_id
  JOIN lineage.run run ON run.run_id = k.generated_by
  JOIN lineage.job j ON j.job_id = run.job_id
 WHERE p.document_id = :document_id
 ORDER BY k.pair_id, run.started_at, c.kind, k.config_id, k.score
