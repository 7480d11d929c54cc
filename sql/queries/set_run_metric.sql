-- Counts are set, not added: saying the same again changes nothing.
INSERT INTO lineage.run_metric (run_id, name, value)
VALUES (:run_id, :name, :value)
ON CONFLICT (run_id, name) DO UPDATE SET value = excluded.value
