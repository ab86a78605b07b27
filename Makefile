# Every target sets up .venv by itself: plain Python >= 3.11, venv and pip. `make help` lists the targets.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# The first of these that is at least 3.11; `make PYTHON=/path/to/python check` chooses another.
CANDIDATES := python3 python3.13 python3.12 python3.11 python
PYTHON := $(shell for p in $(CANDIDATES); do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$p && break; done)

.DEFAULT_GOAL := help
.PHONY: help venv check test test-all figures notebooks certificates readme lint types lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(STAMP): pyproject.toml requirements.lock
	@if [ -z "$(PYTHON)" ]; then echo "attnproof needs Python 3.11 or newer, and none was found;" \
	  "install one, or name it: make PYTHON=/path/to/python3.11 check" >&2; exit 1; fi
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is not Python 3.11 or newer; name another: make PYTHON=/path/to/python3.11 check" >&2; exit 1; }
	@[ -x $(BIN)/python ] || "$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "$(PYTHON) cannot make a virtual environment; on Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

venv: $(STAMP) ## set up .venv and nothing else

check: $(STAMP) ## gather the evidence for every claim, and show what holds
	$(BIN)/attnproof check

test: $(STAMP) ## the tests, without the long ones
	$(BIN)/python -m pytest -m "not slow and not accelerator and not packaging" --attnproof-quick

test-all: $(STAMP) ## every test that this machine can run
	$(BIN)/python -m pytest

figures: $(STAMP) ## draw every figure from its committed table
	$(BIN)/attnproof figures

notebooks: $(STAMP) ## execute the notebooks and write them with their outputs
	$(BIN)/python -m notebooks.execute

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
