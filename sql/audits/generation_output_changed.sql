-- An answer whose text is not the one that its digest names.
SELECT g.generation_id, g.stage, g.output_sha256
  FROM lineage.generation g
  JOIN lineage.generation_output o ON o.generation_id = g.generation_id
 WHERE g.output_sha256 <> encode(sha256(convert_to(o.output_text, 'UTF8')), 'hex')
