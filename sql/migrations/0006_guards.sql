-- What must stay true whoever connects: facts are inserted once, runs and releases only move forward.

CREATE FUNCTION lineage.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'lineage.% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

DO $$
DECLARE
    t text;
BEGIN
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'lineage' AND tablename <> 'migration' LOOP
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON lineage.%I
                        FOR EACH STATEMENT EXECUTE FUNCTION lineage.refuse_change()', t);
        CONTINUE WHEN t IN ('run', 'run_metric', 'release', 'generation_output');   -- these have rules of their own, below
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lineage.%I
                        FOR EACH ROW EXECUTE FUNCTION lineage.refuse_change()', t);
    END LOOP;
END $$;

-- A run ends once, and nothing else of it ever changes.
CREATE FUNCTION lineage.check_run_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'RUNNING'
       OR (NEW.run_id, NEW.job_id, NEW.dataset, NEW.partition_key, NEW.dag_run_id, NEW.map_index, NEW.try_number,
           NEW.code_version, NEW.started_at)
          IS DISTINCT FROM
          (OLD.run_id, OLD.job_id, OLD.dataset, OLD.partition_key, OLD.dag_run_id, OLD.map_index, OLD.try_number,
           OLD.code_version, OLD.started_at) THEN
        RAISE EXCEPTION 'run % is %: a run only moves forward', OLD.run_id, OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER moves_forward BEFORE UPDATE ON lineage.run FOR EACH ROW EXECUTE FUNCTION lineage.check_run_change();
CREATE TRIGGER no_delete BEFORE DELETE ON lineage.run FOR EACH ROW EXECUTE FUNCTION lineage.refuse_change();
CREATE TRIGGER no_delete BEFORE DELETE ON lineage.run_metric FOR EACH ROW EXECUTE FUNCTION lineage.refuse_change();

-- staged -> published -> withdrawn, or staged -> withdrawn; a version names the same rows for good.
CREATE FUNCTION lineage.check_release_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (('staged', 'published'), ('published', 'withdrawn'), ('staged', 'withdrawn'))
       OR (NEW.dataset, NEW.version, NEW.partition_key, NEW.snapshot_id, NEW.manifest_key, NEW.manifest_sha256, NEW.staged_at)
          IS DISTINCT FROM
          (OLD.dataset, OLD.version, OLD.partition_key, OLD.snapshot_id, OLD.manifest_key, OLD.manifest_sha256, OLD.staged_at)
       OR (OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at) THEN
        RAISE EXCEPTION 'release % % is %: it only moves forward, and names the same files for good',
            OLD.dataset, OLD.version, OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER moves_forward BEFORE UPDATE ON lineage.release FOR EACH ROW EXECUTE FUNCTION lineage.check_release_change();
CREATE TRIGGER no_delete BEFORE DELETE ON lineage.release FOR EACH ROW EXECUTE FUNCTION lineage.refuse_change();

-- The text of an answer may go, when an erasure says so; the answer's digest stays.
CREATE FUNCTION lineage.check_output_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM lineage.generation g JOIN lineage.erasure e ON e.old_sha256 = g.output_sha256
                    WHERE g.generation_id = OLD.generation_id) THEN
        RAISE EXCEPTION 'the output of generation % may only go by lineage.erase_output', OLD.generation_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER only_erasure BEFORE DELETE ON lineage.generation_output
    FOR EACH ROW EXECUTE FUNCTION lineage.check_output_erasure();
CREATE TRIGGER no_update BEFORE UPDATE ON lineage.generation_output FOR EACH ROW EXECUTE FUNCTION lineage.refuse_change();

-- Erase every stored answer with this digest; returns how many there were. The only way to delete a text.
CREATE FUNCTION lineage.erase_output(sha256 text, why text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    erased bigint;
BEGIN
    INSERT INTO lineage.erasure (old_sha256, reason) VALUES (sha256, why) ON CONFLICT (old_sha256) DO NOTHING;
    DELETE FROM lineage.generation_output o USING lineage.generation g
     WHERE g.generation_id = o.generation_id AND g.output_sha256 = sha256;
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN erased;
END $$;

-- A quality run that says it is complete has all its checks in the same transaction, and they bear its verdict out.
CREATE FUNCTION lineage.check_quality_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found_count integer;
    failed_count integer;
BEGIN
    SELECT count(*), count(*) FILTER (WHERE severity = 'critical' AND NOT success) INTO found_count, failed_count
      FROM lineage.quality_check WHERE quality_run_id = NEW.quality_run_id;
    IF NEW.complete AND (found_count <> NEW.expected_count OR NEW.success <> (failed_count = 0)) THEN
        RAISE EXCEPTION 'quality run % is called complete and %, but has % of % checks, % critical ones failed',
            NEW.quality_run_id, CASE WHEN NEW.success THEN 'good' ELSE 'bad' END,
            found_count, NEW.expected_count, failed_count
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER verdict_is_true AFTER INSERT ON lineage.quality_run DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION lineage.check_quality_run();
