-- The release that `latest` means for a dataset: no row while nothing is published.
SELECT l.dataset, l.version, l.partition_key, l.snapshot_id, l.manifest_key, l.manifest_sha256, l.published_at,
       l.is_pinned, s.row_count
  FROM lineage.release_latest l
  JOIN lineage.snapshot s ON s.snapshot_id = l.snapshot_id
 WHERE l.dataset = :dataset
