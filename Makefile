# Every target sets up .venv by itself: plain Python >= 3.11, venv and pip. `make help` lists the targets.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# The first of these that is at least 3.11 and can make environments; those that CI runs come first.
# `make PYTHON=/path/to/python check` chooses another.
CANDIDATES := python3.13 python3.12 python3.11 python3 python
SUITABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON := $(shell for p in $(CANDIDATES); do $$p -c '$(SUITABLE)' 2>/dev/null && command -v $$p && break; done)
ADVICE := install one (on Debian or Ubuntu with python3-venv), or name it: make PYTHON=/path/to/python3.11 check

SHARED := -n auto --dist loadfile  # a process for each core; the tests of a file stay together

.DEFAULT_GOAL := help
.PHONY: help venv check test test-all figures notebooks certificates readme lint types lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(STAMP): pyproject.toml requirements.lock
	@[ -n "$(PYTHON)" ] || { \
	  echo "attnproof needs Python 3.11 or newer with venv, and none was found; $(ADVICE)" >&2; exit 1; }
	@"$(PYTHON)" -c '$(SUITABLE)' 2>/dev/null || { \
	  echo "$(PYTHON) is not Python 3.11 or newer with venv; $(ADVICE)" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear $(VENV)
	@echo "setting up $(VENV) with $$($(BIN)/python --version): this downloads some 400 MB and takes minutes" >&2
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

venv: $(STAMP) ## set up .venv and nothing else

check: $(STAMP) ## gather the evidence for every claim, and show what holds
	$(BIN)/attnproof check

test: $(STAMP) ## the tests, without the long ones
	$(BIN)/python -m pytest $(SHARED) -m "not slow and not accelerator and not packaging" --attnproof-quick

test-all: $(STAMP) ## every test that this machine can run
	$(BIN)/python -m pytest $(SHARED)

figures: $(STAMP) ## draw every figure from its committed table
	$(BIN)/attnproof figures

notebooks: $(STAMP) ## execute the notebooks and write them with their outputs
	$(BIN)/python notebooks/execute.py

certificates: $(STAMP) ## search the certificates anew and write theory/certificates
	$(BIN)/attnproof certificates

readme: $(STAMP) ## write the generated parts of README.md
	$(BIN)/attnproof claims-table --write

lint: $(STAMP) ## ruff: style, imports, format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP) ## pyright
	$(BIN)/pyright

lock: $(STAMP) ## pin every dependency anew, with hashes
	$(BIN)/pip-compile --quiet --upgrade --extra dev --generate-hashes --allow-unsafe --strip-extras \
	  --no-emit-options --no-header --output-file requirements.lock pyproject.toml

clean: ## remove .venv and everything that was built
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
