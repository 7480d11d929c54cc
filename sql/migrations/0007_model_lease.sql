-- Leases of model servers that our tasks start: where one runs, who needs it, and how it ended.
--
-- A server stops itself when nobody holds its lease any more: a task that was killed stops renewing, and the GPU is
-- free again. The holders stand in the row and not in a table of their own, so that "the last one is gone" and "one
-- more has come" are updates of one row, of which one is first (2026-11-21). These rows are operation, not lineage:
-- no fact refers to them. They are kept, as a record of what was served when.

CREATE TABLE lineage.model_lease (
    lease_id     uuid PRIMARY KEY,                -- random: a start of a server, not a content
    server_key   lineage.sha256 NOT NULL,         -- digest of what is served and how: equal ones share a server
    host         text NOT NULL,                   -- of the worker that started it
    url          text NOT NULL,                   -- as other hosts reach it, without /v1
    gpus         text[] NOT NULL DEFAULT '{}',    -- devices of `host` that it was given; empty: not counted
    state        text NOT NULL DEFAULT 'starting' CHECK (state IN ('starting', 'ready', 'stopping', 'ended')),
    holders      jsonb NOT NULL,                  -- {'<Airflow run>/<phase>': when it expires}
    log_file     text NOT NULL,                   -- on `host`
    log_count    bigint NOT NULL DEFAULT 0,       -- lines that the server wrote so far
    log_tail     text NOT NULL DEFAULT '',        -- the last of them
    pid          integer,                         -- of the supervisor on `host`
    made_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    alive_at     timestamptz NOT NULL DEFAULT clock_timestamp(),    -- the supervisor's last word
    ready_at     timestamptz,
    ended_at     timestamptz,
    exit_status  integer,                         -- of the server; negative: the signal that killed it
    last_error   text,                            -- why it ended, where nobody asked it to
    CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CHECK (state <> 'ready' OR ready_at IS NOT NULL)
);
-- Of two set-ups that race, one starts the server and the other joins it.
CREATE UNIQUE INDEX model_lease_open_idx ON lineage.model_lease (server_key) WHERE state <> 'ended';
CREATE INDEX model_lease_host_idx ON lineage.model_lease (host) WHERE state <> 'ended';
CREATE INDEX model_lease_key_idx ON lineage.model_lease (server_key, made_at);

-- starting -> ready -> stopping -> ended, and no step back: an ended server never comes to life again.
CREATE FUNCTION lineage.check_lease_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    states CONSTANT text[] := ARRAY['starting', 'ready', 'stopping', 'ended'];
BEGIN
    IF OLD.state = 'ended' OR array_position(states, NEW.state) < array_position(states, OLD.state)
       OR (NEW.lease_id, NEW.server_key, NEW.host, NEW.url, NEW.gpus, NEW.made_at)
          IS DISTINCT FROM
          (OLD.lease_id, OLD.server_key, OLD.host, OLD.url, OLD.gpus, OLD.made_at) THEN
        RAISE EXCEPTION 'lease % is %: a lease only moves forward', OLD.lease_id, OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER moves_forward BEFORE UPDATE ON lineage.model_lease
    FOR EACH ROW EXECUTE FUNCTION lineage.check_lease_change();
CREATE TRIGGER no_delete BEFORE DELETE ON lineage.model_lease
    FOR EACH ROW EXECUTE FUNCTION lineage.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON lineage.model_lease
    FOR EACH STATEMENT EXECUTE FUNCTION lineage.refuse_change();
