-- Variants of the method: what was done with the pairs of a release, and several judges about one pair.

-- How the rows of a release were made (tasks/core/variants.py): some have no score, some no rewritten response.
ALTER TABLE lineage.release ADD COLUMN variant text NOT NULL DEFAULT 'filter+rewrite';

-- A policy about scores decides once for each score: a pair that one judge gave 5 may get 3 from the next. And a rule
-- whose code was changed may decide otherwise than it did before: both stand.
ALTER TABLE lineage.decision
    ADD COLUMN score double precision,            -- what was decided upon; NULL for policies that look at the text
    DROP CONSTRAINT decision_pkey,
    ADD CONSTRAINT decision_key UNIQUE NULLS NOT DISTINCT (pair_id, config_id, score, kept);

CREATE OR REPLACE FUNCTION lineage.check_release_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (('staged', 'published'), ('published', 'withdrawn'), ('staged', 'withdrawn'))
       OR (NEW.dataset, NEW.version, NEW.partition_key, NEW.snapshot_id, NEW.manifest_key, NEW.manifest_sha256,
           NEW.staged_at, NEW.variant)
          IS DISTINCT FROM
          (OLD.dataset, OLD.version, OLD.partition_key, OLD.snapshot_id, OLD.manifest_key, OLD.manifest_sha256,
           OLD.staged_at, OLD.variant)
       OR (OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at) THEN
        RAISE EXCEPTION 'release % % is %: it only moves forward, and names the same files for good',
            OLD.dataset, OLD.version, OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
