-- Only the text of the answer that is stored, by its digest, and never a text that was erased.
INSERT INTO lineage.generation_output
      (generation_id, output_text)
SELECT i.generation_id, i.output_text
  FROM incoming i
  JOIN lineage.generation g ON g.generation_id = i.generation_id
 WHERE g.output_sha256 = encode(sha256(convert_to(i.output_text, 'UTF8')), 'hex')
   AND NOT EXISTS (SELECT FROM lineage.erasure e WHERE e.old_sha256 = g.output_sha256)
 ORDER BY i.generation_id
ON CONFLICT (generation_id) DO NOTHING
