-- A takedown that is asked for again keeps its first date.
INSERT INTO lineage.takedown
      (takedown_id, kind, value, reason, requested_at)
SELECT takedown_id, kind, value, reason, requested_at
  FROM incoming
 ORDER BY takedown_id
ON CONFLICT (takedown_id) DO NOTHING
