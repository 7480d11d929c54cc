-- Fine entities: source record -> document -> generation -> pair -> score and decision. Only what reached a model.

CREATE TABLE lineage.source_record (
    source_record_id  uuid  PRIMARY KEY,          -- uuid5 of (kind, uri, locator, record_sha256)
    source_kind       text  NOT NULL,             -- 'warc'
    source_uri        text  NOT NULL,             -- relative to the source's root, so that hosts agree on ids
    locator           jsonb NOT NULL,             -- {"length": …, "offset": …} of the compressed member
    record_sha256     lineage.sha256 NOT NULL,    -- of the bytes at the locator, computed by us
    claimed_digest    text,                       -- WARC-Payload-Digest as written
    record_name       text,                       -- WARC-Record-ID
    target_uri        text,
    record_at         timestamptz CHECK (isfinite(record_at))
);
CREATE INDEX source_record_target_idx ON lineage.source_record USING hash (target_uri);

-- Where a dataset found a record. One place holds one record for good: a record that changed in place is another
-- source_record_id at the same key, which is refused and not passed over (the insert names the primary key alone).
-- The dataset stands here and not in source_record, as two datasets may read the same file, or different files
-- that have the same path below different roots.
CREATE TABLE lineage.source_location (
    dataset           text  NOT NULL,
    source_kind       text  NOT NULL,
    source_uri        text  NOT NULL,
    locator           jsonb NOT NULL,
    source_record_id  uuid  NOT NULL REFERENCES lineage.source_record,
    PRIMARY KEY (dataset, source_record_id),
    CONSTRAINT source_location_place_key UNIQUE (dataset, source_kind, source_uri, locator)
);
CREATE INDEX source_location_record_idx ON lineage.source_location (source_record_id);

CREATE TABLE lineage.document (
    document_id        uuid    PRIMARY KEY,       -- uuid5 of (source_record_id, extract config, text_sha256)
    source_record_id   uuid    NOT NULL REFERENCES lineage.source_record,
    extract_config_id  uuid    NOT NULL REFERENCES lineage.config,
    extractor          text    NOT NULL,          -- name@version
    text_sha256        lineage.sha256 NOT NULL,
    title              text,
    language           text,
    shard_key          text    NOT NULL,          -- where the text lies: a row of a Parquet object
    shard_row          bigint  NOT NULL CHECK (shard_row >= 0),
    generated_by       uuid    NOT NULL REFERENCES lineage.run
);
CREATE INDEX document_source_record_idx ON lineage.document (source_record_id);
CREATE INDEX document_text_idx ON lineage.document (text_sha256);

CREATE TABLE lineage.prompt (
    prompt_id        uuid    PRIMARY KEY,         -- uuid5 of (stage, version, template_sha256)
    stage            text    NOT NULL,
    version          integer NOT NULL,
    template         text    NOT NULL,
    template_sha256  lineage.sha256 NOT NULL,
    UNIQUE (stage, version)                       -- an edited prompt under a known version is refused
);

CREATE TABLE lineage.model (
    model_id  uuid PRIMARY KEY,                   -- uuid5 of ("model", name, revision)
    name      text NOT NULL,
    revision  text NOT NULL,                      -- weights commit, never a name that moves
    UNIQUE (name, revision)
);

-- One answered request. The id is what was asked: nothing of the answer, the engine or the host is in it.
CREATE TABLE lineage.generation (
    generation_id    uuid    PRIMARY KEY,         -- uuid5 of (stage, rendered_sha256, model, sampling, seed, attempt)
    stage            text    NOT NULL,
    prompt_id        uuid    NOT NULL REFERENCES lineage.prompt,
    model_id         uuid    NOT NULL REFERENCES lineage.model,
    sampling         jsonb   NOT NULL,            -- temperature, top_p, max_tokens ...
    seed             bigint,                      -- NULL: none was sent
    attempt          integer NOT NULL CHECK (attempt >= 0),
    rendered_sha256  lineage.sha256 NOT NULL,     -- of the text that was sent
    finish_reason    text    NOT NULL,            -- 'stop', 'length' ...
    prompt_tokens    bigint  NOT NULL CHECK (prompt_tokens >= 0),
    output_tokens    bigint  NOT NULL CHECK (output_tokens >= 0),
    output_sha256    lineage.sha256 NOT NULL,
    facts            jsonb   NOT NULL DEFAULT '{}',   -- seconds, engine, endpoint: true of this answer, not of the request
    generated_by     uuid    NOT NULL REFERENCES lineage.run
);
CREATE INDEX generation_run_idx ON lineage.generation (generated_by);
CREATE INDEX generation_output_sha256_idx ON lineage.generation (output_sha256);

CREATE TABLE lineage.generation_output (          -- apart, so that it alone can be erased
    generation_id  uuid PRIMARY KEY REFERENCES lineage.generation,
    output_text    text NOT NULL                  -- raw, before any parsing
);

CREATE TABLE lineage.generation_input (           -- what a request was about; identical text is asked once
    generation_id   uuid NOT NULL REFERENCES lineage.generation,
    document_id     uuid NOT NULL REFERENCES lineage.document,
    instruction_id  uuid REFERENCES lineage.generation,   -- NULL where no instruction was in the request
    UNIQUE NULLS NOT DISTINCT (generation_id, document_id, instruction_id)
);
CREATE INDEX generation_input_document_idx ON lineage.generation_input (document_id);
CREATE INDEX generation_input_instruction_idx ON lineage.generation_input (instruction_id);

CREATE TABLE lineage.pair (
    pair_id         uuid PRIMARY KEY,             -- uuid5 of ("pair", document_id, instruction_id, response_id)
    document_id     uuid NOT NULL REFERENCES lineage.document,
    instruction_id  uuid NOT NULL REFERENCES lineage.generation,
    response_id     uuid REFERENCES lineage.generation,   -- NULL: the response is the document itself
    UNIQUE NULLS NOT DISTINCT (document_id, instruction_id, response_id)
);
CREATE INDEX pair_instruction_idx ON lineage.pair (instruction_id);
CREATE INDEX pair_response_idx ON lineage.pair (response_id);

CREATE TABLE lineage.score (
    score_id       uuid PRIMARY KEY,              -- uuid5 of (pair_id, metric, judgement or rule)
    pair_id        uuid NOT NULL REFERENCES lineage.pair,
    metric         text NOT NULL,                 -- 'quality_5pt' ...
    value          double precision,              -- NULL: judged, but not readable
    reason         text,                          -- why it was not readable
    generation_id  uuid REFERENCES lineage.generation,    -- the judgement, when a model judged
    config_id      uuid REFERENCES lineage.config,        -- the rule, when a rule computed
    generated_by   uuid NOT NULL REFERENCES lineage.run,
    CHECK (num_nonnulls(generation_id, config_id) = 1),
    CHECK ((value IS NULL) = (reason IS NOT NULL))
);
CREATE INDEX score_pair_idx ON lineage.score (pair_id);
CREATE INDEX score_generation_idx ON lineage.score (generation_id);

CREATE TABLE lineage.decision (                   -- kept or dropped, by which policy, why
    pair_id       uuid    NOT NULL REFERENCES lineage.pair,
    config_id     uuid    NOT NULL REFERENCES lineage.config,
    kept          boolean NOT NULL,
    reason        text    NOT NULL,               -- 'score>=5', 'new_numbers' ...
    generated_by  uuid    NOT NULL REFERENCES lineage.run,
    PRIMARY KEY (pair_id, config_id)
);
