-- A row of a published release whose instruction no judge or rule ever scored, where the variant has a judge.
SELECT r.dataset, r.version, e.pair_id
  FROM lineage.release r
  JOIN lineage.example e ON e.snapshot_id = r.snapshot_id
  JOIN lineage.pair p ON p.pair_id = e.pair_id
 WHERE r.state = 'published'
   AND r.variant <> 'rewrite'
   AND NOT EXISTS (SELECT FROM lineage.pair draft
                     JOIN lineage.score s ON s.pair_id = draft.pair_id
                    WHERE draft.document_id = p.document_id AND draft.instruction_id = p.instruction_id
                      AND s.value IS NOT NULL)
