#!/bin/sh
# Runs once, when the cluster is new: a database and a role each for Airflow and for the lineage, apart from
# one another. \getenv keeps the passwords off the command line, where every process could read them.
set -eu

psql --no-psqlrc --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres <<'SQL'
\getenv airflow_password AIRFLOW_DB_PASSWORD
\getenv lineage_password LINEAGE_DB_PASSWORD
CREATE ROLE airflow LOGIN PASSWORD :'airflow_password';
CREATE ROLE lineage LOGIN PASSWORD :'lineage_password';
CREATE DATABASE airflow OWNER airflow;
CREATE DATABASE lineage OWNER lineage;
REVOKE ALL ON DATABASE airflow FROM PUBLIC;
REVOKE ALL ON DATABASE lineage FROM PUBLIC;
SQL
