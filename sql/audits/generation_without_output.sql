-- An answer whose text is gone, though nobody erased it.
SELECT g.generation_id, g.stage, g.generated_by
  FROM lineage.generation g
 WHERE NOT EXISTS (SELECT FROM lineage.generation_output o WHERE o.generation_id = g.generation_id)
   AND NOT EXISTS (SELECT FROM lineage.erasure e WHERE e.old_sha256 = g.output_sha256)
