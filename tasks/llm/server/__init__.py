"""The life cycle of `vllm serve`: its command line, its lease in PostgreSQL, and a supervisor that outlives the task.

set-up task   ensure()      takes or joins the lease, starts the supervisor, waits for /health
supervisor    supervise()   starts the server, watches the lease, stops the server when nobody holds it
warden        kills what is left of the server when the supervisor was killed itself
model task    held()        renews the lease while it works; a killed task does not, and the lease lapses
teardown      release()     lets go; the last one to do so stops the server
"""
