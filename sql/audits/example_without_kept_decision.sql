-- A row of a published release whose pair no policy kept: curation looks at the draft, verification at the rewrite.
SELECT r.dataset, r.version, e.pair_id
  FROM lineage.release r
  JOIN lineage.example e ON e.snapshot_id = r.snapshot_id
  JOIN lineage.pair p ON p.pair_id = e.pair_id
 WHERE r.state = 'published'
   AND (r.variant NOT IN ('filter', 'humpback', 'filter+distil')
        AND NOT EXISTS (SELECT FROM lineage.decision k WHERE k.pair_id = p.pair_id AND k.kept)
     OR r.variant <> 'rewrite'
        AND NOT EXISTS (SELECT FROM lineage.pair draft
                          JOIN lineage.decision k ON k.pair_id = draft.pair_id
                         WHERE draft.document_id = p.document_id AND draft.instruction_id = p.instruction_id
                           AND draft.response_id IS NULL AND k.kept))
