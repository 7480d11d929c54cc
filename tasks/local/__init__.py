"""The embedded stack: PostgreSQL, an S3 server, the stand-in model server and Airflow, for one user on one machine."""
