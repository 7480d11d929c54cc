"""`backforth airflow ...`: Airflow's own command line, on the embedded stack."""

import subprocess
import sys

import typer

from tasks.local.airflow import airflow_env
from tasks.local.settings import load_settings

# Everything after the name belongs to Airflow, `--help` too.
CONTEXT = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def airflow(context: typer.Context) -> None:
    """Run Airflow's own command line on the embedded stack: backforth airflow dags list."""
    settings = load_settings(None)
    command = [sys.executable, "-m", "airflow", *context.args]
    done = subprocess.run(command, env=airflow_env(settings, "airflow-cli"), check=False)
    raise typer.Exit(done.returncode)
