-- A configuration is its content, so a known id is the same configuration.
INSERT INTO lineage.config
      (config_id, kind, body)
SELECT config_id, kind, body
  FROM incoming
 ORDER BY config_id
ON CONFLICT (config_id) DO NOTHING
