-- An edited template under a known version is another id, and breaks the key (stage, version).
INSERT INTO lineage.prompt
      (prompt_id, stage, version, template, template_sha256)
SELECT prompt_id, stage, version, template, template_sha256
  FROM incoming
 ORDER BY prompt_id
ON CONFLICT (prompt_id) DO NOTHING
