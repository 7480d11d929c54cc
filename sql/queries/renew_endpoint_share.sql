-- Say that this user of an address is there for :seconds more; return how many there are and how many came earlier.
-- The rows of users that were killed go on the way. The clock is the database's: hosts need not agree on the time.
WITH mine AS (
    INSERT INTO lineage.endpoint_share (share_id, endpoint_sha256, run_id, expires_at)
    VALUES (CAST(:share_id AS uuid), :endpoint_sha256, :run_id,
            clock_timestamp() + make_interval(secs => CAST(:seconds AS double precision)))
    ON CONFLICT (share_id) DO UPDATE SET expires_at = excluded.expires_at
    RETURNING share_id, joined_at
), gone AS (
    DELETE FROM lineage.endpoint_share
     WHERE share_id IN (SELECT share_id FROM lineage.endpoint_share
                         WHERE expires_at < clock_timestamp() AND share_id <> CAST(:share_id AS uuid)
                           FOR UPDATE SKIP LOCKED)      -- two that clean up at once do not wait for one another
)
SELECT count(other.share_id) + 1 AS user_count,
       count(other.share_id) FILTER (
           WHERE (other.joined_at, other.share_id) < (mine.joined_at, mine.share_id)) AS earlier_count
  FROM mine
  LEFT JOIN lineage.endpoint_share other
         ON other.endpoint_sha256 = :endpoint_sha256 AND other.share_id <> mine.share_id
        AND other.expires_at >= clock_timestamp()
