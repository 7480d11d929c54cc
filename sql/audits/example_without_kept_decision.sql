-- A row of a published release whose pair no policy kept.
SELECT r.dataset, r.version, e.pair_id
  FROM lineage.release r
  JOIN lineage.example e ON e.snapshot_id = r.snapshot_id
 WHERE r.state = 'published'
   AND NOT EXISTS (SELECT FROM lineage.decision k WHERE k.pair_id = e.pair_id AND k.kept)
