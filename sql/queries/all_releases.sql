-- Every release, newest partition and version first, with its size.
SELECT r.dataset, r.version, r.partition_key, r.state, r.published_at, s.row_count, l.version IS NOT NULL AS is_latest
  FROM lineage.release r
  JOIN lineage.snapshot s ON s.snapshot_id = r.snapshot_id
  LEFT JOIN lineage.release_latest l ON l.dataset = r.dataset AND l.version = r.version
 ORDER BY r.dataset, r.partition_key DESC, CAST(string_to_array(r.version, '.') AS integer[]) DESC
