# Each target sets up what it needs by itself. `make` alone says what there is.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test check format bench bench-peers chaos lock notices setup chromium clean

RUN := .venv/bin/
ARGS ?=
# Much of what tests do is to wait, so that three keep two cores busy. Each costs some seconds to begin.
WORKERS ?= 3

help:  ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup  ## Start Ombud beside a pretend Slack and Teams, with a pretend company, and print one address
	$(RUN)ombud demo $(ARGS)

# Compiled files are kept: each test process, and each bot that a test starts, would compile all of Ombud anew.
test chaos: export PYTHONDONTWRITEBYTECODE =

test: setup chromium  ## Run every test, three at a time; ARGS="-k claim" runs some
	$(RUN)python -m pytest -n $(WORKERS) $(ARGS)

check: setup  ## Format, lint, types, and which room may look into which
	$(RUN)ruff format --check .
	$(RUN)ruff check .
	$(RUN)mypy
	$(RUN)lint-imports

format: setup  ## Put the code into shape
	$(RUN)ruff check --fix .
	$(RUN)ruff format .

bench: setup  ## Measure Ombud against floors on this machine
	$(RUN)python -m tests.bench $(ARGS)

bench-peers: setup build/peers/.installed  ## Measure the same work on another system, in its own environment
	$(RUN)python -m tests.bench.peers $(ARGS)

chaos: setup chromium  ## Kill the service 50 times in each test, and search 20 times longer for what breaks it
	OMBUD_CHAOS_TIMES=$${OMBUD_CHAOS_TIMES:-20} OMBUD_CHAOS_KILLS=$${OMBUD_CHAOS_KILLS:-50} \
		$(RUN)python -m pytest -n $(WORKERS) -o faulthandler_timeout=7200 -m "kill or hypothesis or search" $(ARGS)

lock:  ## Pin the dependencies again; UPGRADE=1 takes the newest
	UPGRADE=$(UPGRADE) tools/lock.sh

notices: setup  ## Write THIRD-PARTY-NOTICES.md: what ships with Ombud, under which licences
	$(RUN)python tools/notices.py

setup: .venv/.installed

chromium: setup
	@tools/chromium.sh

clean:  ## Remove what `make` made; the data in var/ stays
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

.venv/.installed: requirements.lock pyproject.toml tools/setup.sh tools/python.sh
	@tools/setup.sh

build/peers/.installed: tests/bench/peers.requirements.txt tools/peers.sh
	@tools/peers.sh
