-- An answer that a finished run left without saying which document it is about.
SELECT g.generation_id, g.stage, g.generated_by
  FROM lineage.generation g
  JOIN lineage.run r ON r.run_id = g.generated_by AND r.state = 'COMPLETE'
 WHERE NOT EXISTS (SELECT FROM lineage.generation_input i WHERE i.generation_id = g.generation_id)
