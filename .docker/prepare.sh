#!/bin/sh
# What must exist before Airflow starts: its tables, the pool of tasks that ask a model, the lineage tables, the
# bucket. Every step can be repeated.
set -eu

airflow db migrate
airflow pools set llm "$LLM_SLOTS" "tasks that talk to model servers"
python .docker/prepare_stores.py
