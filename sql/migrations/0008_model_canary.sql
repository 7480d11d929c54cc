-- What a model said to a question that is always the same, so that other weights behind a known name are noticed.
--
-- Every model task asks once and records what it got. A row that was compared with nothing is a reference: the first
-- of its model, or one that a person accepted later. Each row is compared with the newest reference and not with the
-- row before it: differences too small to be noticed cannot add up to a great one (2026-11-21).

CREATE TABLE lineage.model_canary (
    canary_id     uuid    PRIMARY KEY,            -- uuid5 of all that follows
    model_id      uuid    NOT NULL REFERENCES lineage.model,
    api           text    NOT NULL CHECK (api IN ('chat', 'completions')),   -- they put different text around it
    asked_sha256  lineage.sha256 NOT NULL,        -- of the question and its sampling; another one begins anew
    answer        text    NOT NULL,
    logprobs      jsonb,                          -- [{"token", "logprob", "top": {token: logprob}}]; null: not given
    reference_id  uuid    REFERENCES lineage.model_canary,   -- what it was compared with
    verified      boolean,                        -- null: a reference
    generated_by  uuid    NOT NULL REFERENCES lineage.run,
    recorded_at   timestamptz NOT NULL,
    CHECK ((reference_id IS NULL) = (verified IS NULL))
);
CREATE INDEX model_canary_reference_idx ON lineage.model_canary (model_id, api, asked_sha256, recorded_at)
    WHERE verified IS NOT TRUE;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lineage.model_canary
    FOR EACH ROW EXECUTE FUNCTION lineage.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON lineage.model_canary
    FOR EACH STATEMENT EXECUTE FUNCTION lineage.refuse_change();
