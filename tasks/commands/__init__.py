"""The command line, one file per group of commands; `tasks/cli.py` puts them together."""
