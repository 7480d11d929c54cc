-- What was published row by row, what was checked before, and what must not be published again.

CREATE TABLE lineage.example (                    -- the published row carries id = pair_id
    snapshot_id  uuid   NOT NULL REFERENCES lineage.snapshot,
    pair_id      uuid   NOT NULL REFERENCES lineage.pair,
    shard_key    text   NOT NULL,
    shard_row    bigint NOT NULL CHECK (shard_row >= 0),
    PRIMARY KEY (snapshot_id, pair_id),
    UNIQUE (snapshot_id, shard_key, shard_row)
);
CREATE INDEX example_pair_idx ON lineage.example (pair_id);

-- One run of a suite of checks over a snapshot, written in one transaction with its checks.
CREATE TABLE lineage.quality_run (
    quality_run_id  uuid    PRIMARY KEY,
    snapshot_id     uuid    NOT NULL REFERENCES lineage.snapshot,
    suite_sha256    lineage.sha256 NOT NULL,
    expected_count  integer NOT NULL CHECK (expected_count >= 0),   -- checks in the suite
    complete        boolean NOT NULL,             -- every check of the suite gave a result
    success         boolean NOT NULL,             -- no check of severity critical failed
    run_id          uuid    NOT NULL REFERENCES lineage.run,
    checked_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (complete OR NOT success)
);
CREATE INDEX quality_run_snapshot_idx ON lineage.quality_run (snapshot_id, suite_sha256, checked_at);

CREATE TABLE lineage.quality_check (
    quality_run_id  uuid    NOT NULL REFERENCES lineage.quality_run,
    assertion       text    NOT NULL,
    column_name     text    NOT NULL DEFAULT '',  -- '' for a check of the whole table
    severity        text    NOT NULL CHECK (severity IN ('critical', 'warning', 'info')),   -- Great Expectations' own
    success         boolean NOT NULL,
    observed        jsonb   NOT NULL,
    PRIMARY KEY (quality_run_id, assertion, column_name)
);

CREATE TABLE lineage.release (
    dataset          text NOT NULL,
    version          text NOT NULL CHECK (version ~ '^[0-9]{1,9}(\.[0-9]{1,9})*$'),   -- '2026.11.0'
    partition_key    text NOT NULL,
    snapshot_id      uuid NOT NULL REFERENCES lineage.snapshot,
    manifest_key     text NOT NULL,               -- releases/<dataset>/<version>/manifest.json
    manifest_sha256  lineage.sha256 NOT NULL,
    state            text NOT NULL DEFAULT 'staged' CHECK (state IN ('staged', 'published', 'withdrawn')),
    staged_at        timestamptz NOT NULL DEFAULT now(),
    published_at     timestamptz,
    withdrawn_at     timestamptz,
    PRIMARY KEY (dataset, version),
    UNIQUE (dataset, snapshot_id),                -- the same rows are one release, whoever stages them
    CHECK (state <> 'published' OR published_at IS NOT NULL),
    CHECK (state <> 'staged' OR published_at IS NULL),
    CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL))
);
CREATE INDEX release_snapshot_idx ON lineage.release (snapshot_id);

CREATE TABLE lineage.release_pin (                -- a rollback: the newest row of a dataset counts
    release_pin_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dataset         text NOT NULL,
    version         text,                         -- NULL lifts the pin
    reason          text NOT NULL,
    pinned_at       timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (dataset, version) REFERENCES lineage.release
);
CREATE INDEX release_pin_dataset_idx ON lineage.release_pin (dataset, release_pin_id);

CREATE TABLE lineage.takedown (                   -- asked at extraction and at release: blocks what is not yet seen
    takedown_id   uuid PRIMARY KEY,               -- uuid5 of ("takedown", kind, value)
    kind          text NOT NULL CHECK (kind IN ('url', 'domain', 'document', 'text_sha256')),
    value         text NOT NULL,                  -- a domain stands for its subdomains too
    reason        text NOT NULL,
    requested_at  timestamptz NOT NULL,
    UNIQUE (kind, value)
);

CREATE TABLE lineage.erasure (                    -- a text that was erased; see lineage.erase_output
    old_sha256  lineage.sha256 PRIMARY KEY,       -- of an answer, or of an object that held the text
    new_sha256  lineage.sha256,                   -- of the object that took its place; NULL: nothing did
    reason      text NOT NULL,
    erased_at   timestamptz NOT NULL DEFAULT now()
);
