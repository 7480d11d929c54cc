-- Every takedown, for extraction: it must also block what was never seen.
SELECT takedown_id, kind, value, reason, requested_at
  FROM lineage.takedown
 ORDER BY requested_at, takedown_id
