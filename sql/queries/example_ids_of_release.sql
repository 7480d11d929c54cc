-- Some rows of one release, by chance: another :salt takes others, the same one always the same.
SELECT e.pair_id
  FROM lineage.release r
  JOIN lineage.example e ON e.snapshot_id = r.snapshot_id
 WHERE r.dataset = :dataset
   AND r.version = :version
 ORDER BY md5(CAST(e.pair_id AS text) || CAST(:salt AS text)), e.pair_id
 LIMIT :row_limit
