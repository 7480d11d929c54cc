-- A document whose source record lies nowhere that a dataset knows.
SELECT d.document_id, d.source_record_id
  FROM lineage.document d
 WHERE NOT EXISTS (SELECT FROM lineage.source_location l WHERE l.source_record_id = d.source_record_id)
