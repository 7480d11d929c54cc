-- The release that `latest` means, for each dataset: the pinned version while a pin holds, else the highest
-- partition and version that is published. A pin on a release that is no longer published gives no row: a person
-- rolled back from the newer one, so it is not taken silently (the audit pin_without_published_release tells).
DROP VIEW IF EXISTS lineage.release_latest;
CREATE VIEW lineage.release_latest AS
WITH pin AS (
    SELECT DISTINCT ON (dataset) dataset, version
      FROM lineage.release_pin
     ORDER BY dataset, release_pin_id DESC
)
SELECT DISTINCT ON (r.dataset) r.*, pin.version IS NOT NULL AS is_pinned
  FROM lineage.release r
  LEFT JOIN pin ON pin.dataset = r.dataset
 WHERE r.state = 'published'
   AND (pin.version IS NULL OR pin.version = r.version)
 ORDER BY r.dataset, r.partition_key DESC, CAST(string_to_array(r.version, '.') AS integer[]) DESC;
