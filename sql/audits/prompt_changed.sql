-- A prompt whose template is not the one that its digest names.
SELECT prompt_id, stage, version
  FROM lineage.prompt
 WHERE template_sha256 <> encode(sha256(convert_to(template, 'UTF8')), 'hex')
