# One place for every task. `make demo` and `make test` do all their own set-up.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.nangmai-ready
CLIENT_BUILT := src/nangmai/web/ui/static/ui/client/.built
CLIENT_SOURCES := $(shell find client -path client/node_modules -prune -o -type f -print 2>/dev/null)

.PHONY: setup demo test check fix bench fuzz acts soak clean

setup: $(STAMP) $(CLIENT_BUILT) ## prepare .venv with the command `nangmai`, and build the client

$(STAMP): pyproject.toml tools/setup-venv
	@tools/setup-venv $(VENV)
	@touch $@

$(CLIENT_BUILT): $(STAMP) $(CLIENT_SOURCES) tools/build_client.py
	@$(BIN)/python tools/build_client.py
	@touch $@

demo: setup ## simulated cameras, a recorder and the web pages, together
	@$(BIN)/nangmai demo

JOBS ?= 2
PYTEST := $(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder
test: setup ## everything that must hold before a change lands, the web plane on both databases
	@$(PYTEST)
	@tools/with-postgresql $(PYTEST) --dist worksteal tests/unit/web
	@$(BIN)/python tools/build_client.py test

check: setup ## linters and types; changes nothing
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/nangmai regulation check
	@$(BIN)/nangmai web manage check
	@$(BIN)/nangmai web manage makemigrations --check --dry-run
	@$(BIN)/djlint --check --lint src/nangmai/web
	@$(BIN)/python tools/build_client.py check

fix: setup ## what the linters can mend by themselves
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .
	@$(BIN)/python tools/build_client.py fix

bench: setup ## every claim of the README, measured; results in bench/results
	@$(BIN)/python -m bench

SECONDS_EACH ?= 900
fuzz: setup ## coverage-guided fuzzing of what comes from outside: an hour, a quarter for each target
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --group fuzz
	@mkdir -p build/fuzz
	@for target in rtsp sdp rtp mp4; do $(BIN)/python tests/fuzz/atheris_$$target.py -max_total_time=$(SECONDS_EACH) \
	  -max_len=8192 -timeout=20 -artifact_prefix=build/fuzz/ || exit 1; done

soak: setup ## an hour of 32 cameras with faults all the time
	@$(BIN)/python -m bench.soak

RUNS ?= 500
acts: setup ## every act by everybody in any order: half an hour, against the permission matrix and the ledger
	@NANGMAI_STATEFUL_RUNS=$(RUNS) $(BIN)/python -m pytest tests/unit/web/every_act

clean:
	rm -rf $(VENV) client/node_modules src/nangmai/web/ui/static/ui/client demo-data
