-- A published release with fewer (or more) examples than its manifest has rows.
SELECT r.dataset, r.version, s.row_count, count(e.pair_id) AS example_count
  FROM lineage.release r
  JOIN lineage.snapshot s ON s.snapshot_id = r.snapshot_id
  LEFT JOIN lineage.example e ON e.snapshot_id = r.snapshot_id
 WHERE r.state = 'published'
 GROUP BY r.dataset, r.version, s.row_count
HAVING count(e.pair_id) <> s.row_count
