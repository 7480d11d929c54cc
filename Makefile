# The commands people type. `make` alone lists them. Needs Python 3.11 or later, make and git.

PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
INSTALLED := .venv/.installed
ENGINE_BIN := .venv-engine/bin
ENGINE_INSTALLED := .venv-engine/.installed

# Without bytecode every import of Airflow costs several seconds.
unexport PYTHONDONTWRITEBYTECODE
# The lock names some 200 packages: a slow mirror needs more than the default 30 s for the large ones.
export UV_HTTP_TIMEOUT ?= 180

.DEFAULT_GOAL := help
.PHONY: help venv demo up down status clean lint test test-system test-engine bench bench-peers dags-md lock

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

venv: $(INSTALLED) ## make .venv and install the lock into it

$(INSTALLED): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "backforth needs Python 3.11 or later, and '$(PYTHON)' is not: name another, as in make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv || { \
	  echo "'$(PYTHON) -m venv' failed; on Debian and Ubuntu it comes with: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip install --python $(BIN)/python --compile-bytecode -r requirements.txt
	$(BIN)/uv pip install --python $(BIN)/python --no-deps -e .
	@touch $@

demo: venv ## publish a dataset from the sample pages, through everything, watched live
	@$(BIN)/backforth demo

up: venv ## start PostgreSQL, S3, the stand-in model server and Airflow in .local/
	@$(BIN)/backforth up

status: venv ## show how they are
	@$(BIN)/backforth status

down: venv ## stop them; no process is left behind
	@$(BIN)/backforth down

# A home named by BACKFORTH_HOME is somewhere of your own: it is not removed.
clean: ## stop them, and remove .local/ with all its data
	@if [ -d .local ]; then $(MAKE) --no-print-directory venv && $(BIN)/backforth down --home .local && rm -rf .local; fi

lint: venv ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint ## everything that needs no more than Python, make and git
	$(BIN)/pytest -m "not system and not engine"

test-system: venv ## what needs Debian packages, root or a browser; .ci/run installs them
	$(BIN)/pytest -m system

# vLLM on a CPU, in an environment of its own (2.4 GB), and a small model that is trained once and kept in .cache/.
# Threads that wait for one another must not keep a core busy that other work needs: that made training 3 times slower.
test-engine: venv $(ENGINE_INSTALLED) ## what needs a model: a real server on a small one, asked through our client
	OMP_WAIT_POLICY=passive $(ENGINE_BIN)/python -m tests.engine.train_fixture
	$(BIN)/pytest -m engine tests/engine

$(ENGINE_INSTALLED): tests/engine/torch.txt tests/engine/excluded.txt tests/engine/requirements.txt | $(INSTALLED)
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-engine
	$(BIN)/python -m pip --python $(ENGINE_BIN)/python install --quiet --disable-pip-version-check -r tests/engine/torch.txt
	$(BIN)/uv pip install --python $(ENGINE_BIN)/python --compile-bytecode \
	  -r tests/engine/requirements.txt --excludes tests/engine/excluded.txt
	@touch $@

bench: venv ## measure
	$(BIN)/python -m tests.bench

bench-peers: .venv-peers/.installed ## make the environment that `make bench` compares the corpus half with

.venv-peers/.installed: tests/bench/requirements.txt tests/bench/trafilatura.txt | $(INSTALLED)
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-peers
	$(BIN)/uv pip install --python .venv-peers/bin/python -r tests/bench/requirements.txt
	$(BIN)/uv pip install --python .venv-peers/bin/python --target .venv-peers/trafilatura -r tests/bench/trafilatura.txt
	@touch $@

dags-md: venv ## write dags/DAGS.md from the runbooks in the Dag files
	$(BIN)/python -m tests.dags.dags_md

# Keeps the pinned versions that still fit; `make lock UPGRADE=--upgrade` takes the newest of all.
lock: ## compile requirements.txt from the inputs in pyproject.toml, and the engine tests' from theirs
	$(BIN)/uv pip compile $(UPGRADE) --universal --python-version 3.11 --all-extras --quiet \
	  --custom-compile-command "make lock" pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile $(UPGRADE) --universal --python-version 3.11 --quiet --excludes tests/engine/excluded.txt \
	  --custom-compile-command "make lock" tests/engine/requirements.in -o tests/engine/requirements.txt
