-- Only the record already at this place is passed over; another one there breaks source_location_place_key, loudly.
INSERT INTO lineage.source_location
      (dataset, source_kind, source_uri, locator, source_record_id)
SELECT dataset, source_kind, source_uri, locator, source_record_id
  FROM incoming
 ORDER BY dataset, source_record_id
ON CONFLICT (dataset, source_record_id) DO NOTHING
