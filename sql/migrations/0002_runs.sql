-- Activities: who worked, when, with which code and settings (OpenLineage job and run; PROV Activity).

CREATE TABLE lineage.job (
    job_id     uuid PRIMARY KEY,                  -- uuid5 of ("job", namespace, name)
    namespace  text NOT NULL,                     -- 'airflow'
    name       text NOT NULL,                     -- 'dag_id.task_id'
    UNIQUE (namespace, name)
);

CREATE TABLE lineage.config (
    config_id  uuid  PRIMARY KEY,                 -- uuid5 of ("config", kind, body)
    kind       text  NOT NULL,                    -- the stage: 'extract', 'curate' ...
    body       jsonb NOT NULL                     -- what can change the stage's result
);

CREATE TABLE lineage.run (                        -- one try of one task instance
    run_id         uuid PRIMARY KEY,              -- fresh for each try
    job_id         uuid NOT NULL REFERENCES lineage.job,
    dataset        text NOT NULL,                 -- name of the specification; '' for work on no dataset
    partition_key  text NOT NULL,
    dag_run_id     text NOT NULL,
    map_index      integer NOT NULL DEFAULT -1,
    try_number     integer NOT NULL,
    code_version   text NOT NULL,                 -- package version + commit
    state          text NOT NULL DEFAULT 'RUNNING'
                   CHECK (state IN ('RUNNING', 'COMPLETE', 'FAIL', 'ABORT')),   -- words of OpenLineage
    started_at     timestamptz NOT NULL,
    ended_at       timestamptz,
    error          text,
    CHECK ((state = 'RUNNING') = (ended_at IS NULL))
);
CREATE INDEX run_dag_run_idx ON lineage.run (dag_run_id, job_id, map_index, try_number);
CREATE INDEX run_unfinished_idx ON lineage.run (started_at) WHERE state = 'RUNNING';

CREATE TABLE lineage.run_metric (                 -- counts of one try: set, never added to
    run_id  uuid   NOT NULL REFERENCES lineage.run,
    name    text   NOT NULL,                      -- 'read', 'kept', 'rejected:too_short', 'requests_sent' ...
    value   bigint NOT NULL,
    PRIMARY KEY (run_id, name)
);
