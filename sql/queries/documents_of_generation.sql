-- What a request was about. Several documents: they have the same text, which was asked once.
SELECT DISTINCT document_id
  FROM lineage.generation_input
 WHERE generation_id = :generation_id
 ORDER BY document_id
