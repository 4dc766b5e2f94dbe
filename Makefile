.DEFAULT_GOAL := help
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup demo test cover bench chaos check run lock format clean

help:  ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

$(READY): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Pullcord needs Python 3.11 or newer as $(PYTHON); set PYTHON=…"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(sed -n 's/^\(uv==[0-9.]*\).*/\1/p' requirements/dev.txt)"
	@# pip is slower, and trusts the certificates of machines that uv does not know.
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt 2>/dev/null \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	@touch $@

setup: $(READY)  ## .venv with everything, from hash-locked files

demo: $(READY)  ## The whole product in a browser, without a Slack workspace (ONCE=1: only the story)
	$(BIN)/python -m examples.demo $(if $(ONCE),--once)

test: $(READY)  ## The whole suite: SQLite, PostgreSQL and a real browser
	$(BIN)/python -m tests.run

cover: $(READY)  ## The same, and coverage is held: half as long again
	$(BIN)/python -m tests.run cover

bench: $(READY)  ## What the bot takes of time and memory, beside a floor: some minutes
	$(BIN)/python -m benchmarks

check: $(READY)  ## Format, lint, types, import contracts, then the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile
	$(MAKE) test

chaos: $(READY)  ## The fault tests (CHAOS_SCALE=10 for the published run)
	$(BIN)/python -m tests.chaos

run: $(READY)  ## The bot, with the settings of the environment or .env
	$(BIN)/python -m bot serve

format: $(READY)  ## Put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY)  ## Pin every dependency with its hashes
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" --group dev pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" --group bench --constraints requirements/dev.txt -o requirements/bench.txt

clean:  ## Forget what was built
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .coverage*
