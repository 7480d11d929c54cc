-- A dataset whose pin names a release that is not published: it has no latest until a person moves the pin.
SELECT p.dataset, p.version, r.state
  FROM lineage.release_pin p
  LEFT JOIN lineage.release r ON r.dataset = p.dataset AND r.version = p.version
 WHERE p.release_pin_id = (SELECT max(last.release_pin_id) FROM lineage.release_pin last WHERE last.dataset = p.dataset)
   AND p.version IS NOT NULL
   AND r.state IS DISTINCT FROM 'published'
