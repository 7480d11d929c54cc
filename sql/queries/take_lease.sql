-- Take the lease of a server that nobody runs; nothing where somebody was faster.
INSERT INTO lineage.model_lease (lease_id, server_key, host, url, gpus, holders, log_file)
VALUES (:lease_id, :server_key, :host, :url, CAST(:gpus AS text[]),
        jsonb_build_object(CAST(:holder AS text), clock_timestamp() + make_interval(secs => CAST(:seconds AS double precision))),
        :log_file)
ON CONFLICT (server_key) WHERE state <> 'ended' DO NOTHING
