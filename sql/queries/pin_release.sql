-- Makes one published version the latest until another row says otherwise; version NULL lifts the pin.
INSERT INTO lineage.release_pin (dataset, version, reason)
SELECT :dataset, CAST(:version AS text), :reason
 WHERE CAST(:version AS text) IS NULL
    OR EXISTS (SELECT FROM lineage.release
                WHERE dataset = :dataset AND version = :version AND state = 'published')
