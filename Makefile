# Every task of this repository; `make help` lists them. .ci/run and pre-commit call the same targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
CODE := data geo layouts callbacks app.py
STAMP := .venv/.installed
DEV_STAMP := .venv/.installed-dev
PIP := $(BIN)/pip --disable-pip-version-check install --quiet --require-hashes

.PHONY: help run simulate install dev test test-tools check fmt lint types imports js messages audit-code audit-deps lock bench bench-map bench-clients bench-soak bench-queue bench-clusters bench-history query-plans bench-acknowledge bench-http bench-mqtt bench-pipeline bench-fire bench-transmitters bench-risk bench-risk-store bench-risk-screen bench-session audit-verify fuzz faults hooks clean

help: ## list the tasks
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: install ## start everything: http://127.0.0.1:8050
	@exec $(BIN)/python app.py

simulate: install ## play a scenario against a running `make run`: SCENARIO=list|fire-in-sanheyi|… SPEED=1 SEED= FAULTS=all
	@$(BIN)/python -m data.feeds.simulated $(or $(SCENARIO),list) $(if $(SPEED),--speed $(SPEED)) $(if $(SEED),--seed $(SEED)) $(if $(FAULTS),--faults $(FAULTS))

install: $(STAMP) ## own .venv with the pinned requirements; once per change of them

.venv/bin/pip:
	@command -v $(PYTHON) >/dev/null || { echo "缺少 Python，请安装 python3（≥ 3.11）。/ Python is missing: install python3 (3.11 or newer)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新版本。/ Python 3.11 or newer is needed: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "缺少 venv 模块，请执行 apt install python3-venv。/ The module venv is missing: apt install python3-venv" >&2; exit 1; }

$(STAMP): requirements.txt | .venv/bin/pip
	@echo "安装依赖… / installing requirements…"
	@$(PIP) -r requirements.txt
	@touch $@

dev: $(DEV_STAMP) ## what development needs besides: linters, pytest, playwright

$(DEV_STAMP): tests/requirements.txt $(STAMP)
	@$(PIP) -r tests/requirements.txt
	@touch $@

check: dev lint types imports js messages audit-code ## format, lint, types, import contracts, node tests, messages

lint: dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: dev
	$(BIN)/mypy $(CODE) bench tests/faults tests/fuzz tests/*.py

imports: dev
	$(BIN)/lint-imports

js:
	@command -v node >/dev/null || { echo "缺少 node，请执行 make test-tools。/ node is missing: make test-tools" >&2; exit 1; }
	node --test tests/js/*.mjs

audit-code: dev ## bandit over the code that ships; exceptions are in pyproject.toml, with their reasons
	$(BIN)/bandit -q -c pyproject.toml -r $(CODE)

audit-deps: dev ## known weaknesses of the pinned requirements (asks OSV; needs the network)
	$(BIN)/pip-audit --disable-pip --require-hashes -r requirements.txt -s osv

messages: dev
	$(BIN)/python -m pytest -q tests/layouts/test_i18n.py

fmt: dev ## format and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: dev test-tools js ## every test, with coverage
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

test-tools: ## Chromium, fonts, PostgreSQL, mosquitto, redis-server, libfaketime, node: only those that are missing
	@bash tests/tools.sh

audit-verify: install ## find rows of the audit that were changed, removed, inserted or moved
	@$(BIN)/python -m data.audit verify

fuzz: dev ## 1,000,000 random frames against the codec of GB/T 26875.3, 100,000 hostile requests against the HTTP surface
	@$(BIN)/python -m tests.fuzz.gb26875
	@$(BIN)/python -W ignore -m tests.fuzz.http

faults: dev test-tools ## every fault twenty times under load, and the table of docs/faults.md
	@$(BIN)/python -m tests.faults.run

lock: dev ## pin the requirements anew, with hashes
	$(BIN)/uv pip compile -q pyproject.toml --generate-hashes --universal --no-emit-index-url --no-emit-find-links -o requirements.txt --upgrade
	$(BIN)/uv pip compile -q pyproject.toml --group dev -c requirements.txt --generate-hashes --universal --no-emit-index-url --no-emit-find-links -o tests/requirements.txt --upgrade

bench: dev ## the figures of docs/benchmarks.md
	@$(BIN)/python -m bench.first_light

bench-map: dev ## the live map's figures at 2,000 to 200,000 devices (docs/benchmarks.md)
	@$(BIN)/python -m bench.live_map

bench-clients: dev ## the same for many clients, with two web processes
	@$(BIN)/python -m bench.live_map --devices 10000 --devices 50000 --workers 2 --part windows --part clients --part callbacks

bench-soak: dev ## whether a page grows or slows down in two hours
	@$(BIN)/python -m bench.soak

bench-queue: dev ## the desk's queue with 5,000 open alarms while ten a second arrive
	@$(BIN)/python -m bench.queue

bench-clusters: ## our clusters beside the library supercluster (fetched from npm)
	@npm install --silent --no-audit --no-fund --prefix var/peers supercluster@8.0.1
	@node bench/clusters.mjs var/peers/node_modules/supercluster/index.js

bench-history: dev ## every page of the drill-down and of the history at 1,000,000 alarms, and their files
	@$(BIN)/python -m bench.drilldown
	@$(BIN)/python -m bench.history
	@$(BIN)/python -m bench.exports

query-plans: dev ## make docs/query-plans.md anew
	@$(BIN)/python -m bench.plans

bench-http: dev ## fires in the middle of a flood over HTTP
	@$(BIN)/python -m bench.http_in

bench-mqtt: dev ## messages a second from a broker to committed and acknowledged
	@$(BIN)/python -m bench.mqtt main

bench-acknowledge: dev ## from the key A to every other screen, 50 clients
	@$(BIN)/python -m bench.acknowledge

bench-risk: dev ## the risk forecast of 100,000 and 1,000,000 buildings
	@$(BIN)/python -m bench.risk

bench-risk-screen: dev ## a year of risk played, the bytes of its weeks, the first paint of its page
	@$(BIN)/python -m bench.risk_screen

bench-risk-store: dev ## the risk process with 100,000 buildings in SQL: everything, and one change
	@$(BIN)/python -m bench.risk_store

bench-session: dev ## what the check of session and right adds to a request
	@$(BIN)/python -m bench.session_check

bench-pipeline: dev ## readings and alarms a second on one core, a storm, the memory of the last 24 hours
	@$(BIN)/python -m bench.pipeline

bench-fire: dev ## from a fire's frame on the TCP socket to its event, beside 2,000 readings a second
	@$(BIN)/python -m bench.fire

bench-transmitters: dev ## 1,000 and 4,000 transmitters with heartbeats: memory, and how long a frame waits
	@$(BIN)/python -m bench.transmitters

hooks: dev ## run `make check` before every commit
	$(BIN)/pre-commit install

clean: ## remove the environment and the caches; data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage*
