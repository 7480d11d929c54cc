-- This user of an address is gone.
DELETE FROM lineage.endpoint_share WHERE share_id = CAST(:share_id AS uuid)
