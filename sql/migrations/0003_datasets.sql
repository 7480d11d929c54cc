-- Coarse entities: a dataset, its immutable snapshots, and which run made or read them.

CREATE TABLE lineage.dataset (
    dataset_id  uuid PRIMARY KEY,                 -- uuid5 of ("dataset", namespace, name)
    namespace   text NOT NULL,                    -- name of the specification
    name        text NOT NULL,                    -- what kind of rows: a stage, 'documents', 'pairs', 'release'
    UNIQUE (namespace, name)
);

CREATE TABLE lineage.snapshot (                   -- a state of a dataset, named by its manifest's digest
    snapshot_id      uuid   PRIMARY KEY,          -- uuid5 of ("snapshot", dataset_id, manifest_sha256)
    dataset_id       uuid   NOT NULL REFERENCES lineage.dataset,
    partition_key    text   NOT NULL,
    manifest_uri     text   NOT NULL,             -- key in the bucket
    manifest_sha256  lineage.sha256 NOT NULL,
    row_count        bigint NOT NULL CHECK (row_count >= 0),
    generated_by     uuid   NOT NULL REFERENCES lineage.run,   -- the first; a run that finds it again is not named
    UNIQUE (dataset_id, manifest_sha256)
);
CREATE INDEX snapshot_partition_idx ON lineage.snapshot (dataset_id, partition_key);
CREATE INDEX snapshot_manifest_idx ON lineage.snapshot (manifest_sha256);

CREATE TABLE lineage.run_used (                   -- PROV used
    run_id       uuid NOT NULL REFERENCES lineage.run,
    snapshot_id  uuid NOT NULL REFERENCES lineage.snapshot,
    PRIMARY KEY (run_id, snapshot_id)
);
CREATE INDEX run_used_snapshot_idx ON lineage.run_used (snapshot_id);
