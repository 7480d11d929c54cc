-- The lineage of every published row, in PostgreSQL 15 or later.
--
-- How to read this folder
--   NNNN_*.sql   applied once, in order, each in a transaction of its own. An applied file is never edited (it is
--                refused by its digest): a change is a new file.
--   R_*.sql      views and the like, dropped and made anew whenever their text or the tables changed.
-- How to read the schema
--   job, config, run, run_metric        who worked, with which code and settings; a run is one try of one task
--   dataset, snapshot, run_used         states of a dataset, who made them, who read them
--   source_record, source_location,     one web record, where it lies, and the text extracted from it
--   document
--   prompt, model, generation,          one request to a model; what was answered; what it was about
--   generation_output, generation_input
--   pair, score, decision               an instruction and a response, what judges said, what was kept and why
--   example, quality_run, quality_check rows of a release, and what was checked before it was published
--   release, release_pin                the only pointers that move
--   takedown, erasure                   what must not be published again; what was erased
-- Ids are uuid5 over the content, so that two stores give the same fact the same id. Facts are inserted once
-- (0006_guards.sql). The texts of documents are not here; the texts of answers stand apart, in generation_output.

CREATE SCHEMA IF NOT EXISTS lineage;

CREATE TABLE lineage.migration (
    name        text PRIMARY KEY,                 -- the file's name
    sha256      text NOT NULL,                    -- of the file's bytes
    applied_at  timestamptz NOT NULL DEFAULT now()
);

CREATE DOMAIN lineage.sha256 AS text CHECK (VALUE ~ '^[0-9a-f]{64}$');
