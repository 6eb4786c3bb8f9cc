# Everything starts here: "make run" on a fresh clone sets up and starts the assistant.
# Needs Python 3.11 with venv (Debian 12: python3 and python3-venv), git and make. Another one: make PYTHON=/path/to/python3.11

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run test lint train evaluate evaluate-nlu evaluate-safety bench lock clean check-python

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3.11)
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
STAMP := $(VENV)/.installed
# Without evaluation/evaluate.py, which is given from outside.
SOURCES := bot actions bench tests
# What pytest returns if ARGS choose no test.
NONE_CHOSEN := 5
# More arguments for test, train, evaluate, evaluate-nlu and bench: make test ARGS="-k booking"
ARGS ?=

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Install everything into .venv, by exact version and hash; does nothing the second time
	@:

run: setup ## Set up if need be, then start the assistant; Ctrl-C stops it
	@exec $(BIN)/python -m bot serve

test: setup ## Run the tests; trains first if need be
	@$(BIN)/python -m bot train
	@$(BIN)/python -m pytest -m "not alone" -n 2 --dist loadfile $(ARGS) || test $$? -eq $(NONE_CHOSEN)
	@$(BIN)/python -m pytest -m alone $(ARGS) || test $$? -eq $(NONE_CHOSEN)

lint: setup ## Check style, format and types
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/mypy

train: setup ## Train the model if it is not up to date; ARGS=--force trains it anyway
	@$(BIN)/python -m bot train $(ARGS)

evaluate: setup ## Score the assistant on the labelled messages in evaluation/
	@$(BIN)/python -m bot evaluate $(ARGS)

evaluate-nlu: setup ## Cross-validate the understanding on data/nlu.yml; figures and pictures go to results/
	@$(BIN)/python -m bot evaluate-nlu $(ARGS)

evaluate-safety: setup ## Measure triage: recall by family with exact bounds, false alarms, time of a message
	@$(BIN)/python -m bot evaluate-safety $(ARGS)

bench: setup ## Compare with Rasa's default pipeline on the same data; ARGS="--only ours" trains one side alone
	@$(BIN)/python -m bench.side_by_side $(ARGS)

lock: setup ## Resolve the dependencies of pyproject.toml anew into requirements.lock
	@$(UV) pip compile --extra dev --generate-hashes --no-emit-index-url --no-emit-find-links \
		--python-version 3.11 --python-platform x86_64-unknown-linux-gnu --quiet pyproject.toml -o requirements.lock
	@echo "requirements.lock is written; 'make setup' installs it."

clean: ## Remove what setup, training and tests have made; conversations and settings stay
	@rm -rf $(VENV) models .rasa results .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

check-python:
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "No Python 3.11 was found; install it (Debian 12: sudo apt install python3 python3-venv) or name it:" \
			"make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
		echo "$(PYTHON) is $$("$(PYTHON)" --version 2>&1), but Python 3.11 is needed: make PYTHON=/path/to/python3.11" >&2; \
		exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) has no venv; install it: sudo apt install python3-venv" >&2; exit 1; }

$(STAMP): requirements.lock requirements-uv.lock
	@rm -f $@
	@$(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || { \
		$(MAKE) --no-print-directory check-python && echo "Making $(VENV) ..." && \
		"$(PYTHON)" -m venv --clear $(VENV); }
	@echo "Installing uv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock || { \
		echo "Installing uv failed (see above); is the package index reachable? Then run 'make setup' again." >&2; exit 1; }
	@echo "Installing $$(grep -c '^[a-z].*==' requirements.lock) packages (3 GB; about a minute, longer on a slow line) ..."
	@(while sleep 15 >/dev/null 2>&1; do echo "  still installing ..."; done) & beat=$$!; \
		trap 'kill $$beat 2>/dev/null' EXIT; trap 'exit 130' INT TERM; \
		$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock || { \
		echo "Installing failed (see above); mend the cause and run 'make setup' again." >&2; \
		exit 1; }
	@touch $@
	@echo "Set up. 'make run' starts the assistant."
