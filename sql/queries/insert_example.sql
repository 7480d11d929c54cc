-- A snapshot's rows are fixed by its manifest: a known row is the same.
INSERT INTO lineage.example
      (snapshot_id, pair_id, shard_key, shard_row)
SELECT snapshot_id, pair_id, shard_key, shard_row
  FROM incoming
 ORDER BY snapshot_id, pair_id
ON CONFLICT (snapshot_id, pair_id) DO NOTHING
