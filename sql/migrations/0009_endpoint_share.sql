-- Who uses a model server's address now, so that its limit can be divided among the tasks that do.
--
-- Operation, not lineage: a row lives while its task renews it and is deleted afterwards, no fact refers to one, and
-- nothing is lost with the table, which is therefore not written to the log of the database (UNLOGGED) and has none of
-- the guards of 0006_guards.sql.

CREATE UNLOGGED TABLE lineage.endpoint_share (
    share_id         uuid PRIMARY KEY,            -- random: one user of one address
    endpoint_sha256  lineage.sha256 NOT NULL,     -- of the address
    run_id           text NOT NULL,               -- the try that it belongs to, for people
    joined_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at       timestamptz NOT NULL
);
CREATE INDEX endpoint_share_endpoint_idx ON lineage.endpoint_share (endpoint_sha256, joined_at);
