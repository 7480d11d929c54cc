-- The published release before this one, by partition and version.
SELECT p.version, p.partition_key, p.snapshot_id, s.row_count
  FROM lineage.release r
  JOIN lineage.release p ON p.dataset = r.dataset AND p.state = 'published'
  JOIN lineage.snapshot s ON s.snapshot_id = p.snapshot_id
 WHERE r.dataset = :dataset AND r.version = :version
   AND (p.partition_key, CAST(string_to_array(p.version, '.') AS integer[]))
     < (r.partition_key, CAST(string_to_array(r.version, '.') AS integer[]))
 ORDER BY p.partition_key DESC, CAST(string_to_array(p.version, '.') AS integer[]) DESC
 LIMIT 1
