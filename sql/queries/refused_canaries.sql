-- For each form of the protocol the newest answer of a model that was found to differ, where no reference is newer.
SELECT model_id, api, asked_sha256, answer, logprobs, generated_by
  FROM (SELECT DISTINCT ON (c.api, c.asked_sha256) c.*
          FROM lineage.model_canary c
         WHERE c.model_id = CAST(:model_id AS uuid) AND c.verified IS NOT TRUE
         ORDER BY c.api, c.asked_sha256, c.recorded_at DESC, c.canary_id) newest
 WHERE NOT verified
 ORDER BY api, asked_sha256
