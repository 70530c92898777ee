# Everything runs in a virtual environment that make sets up: Python 3.10 or newer is enough.
# Another interpreter: make test PYTHON=python3.12. Another place: make test VENV=/elsewhere.

PYTHON ?= python3
VENV ?= .venv
# For `make bench`: an interpreter that has TensorFlow, to measure it on the same machine.
TENSORFLOW_PYTHON ?=
export TENSORFLOW_PYTHON

BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: demo test bench fuzz lint support clean help

demo: $(VENV)/demo.stamp ## train examples/digits.py and show its variables
	$(BIN)/scopeflow run examples/digits.py

test: lint ## lint, then run the tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n auto --dist loadfile

bench: $(VENV)/dev.stamp ## run the benchmarks (TENSORFLOW_PYTHON=... measures TensorFlow too)
	$(BIN)/python -m benchmarks

fuzz: $(VENV)/dev.stamp ## read thousands of damaged files: no crash, no wrong value
	$(BIN)/python -m tests.fuzz.tfrecords
	SCOPEFLOW_FUZZ=10000 SCOPEFLOW_KILLS=50 $(BIN)/python -m pytest -q \
		tests/checkpoint/test_damage.py tests/train/test_saver_stopped.py

lint: $(VENV)/dev.stamp ## check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

support: $(VENV)/dev.stamp ## write docs/support.md anew
	$(BIN)/python tests/make_support.py

clean: ## remove the environment and all caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1: /p' Makefile | awk -F': ' '{ printf "%-8s %s\n", $$1, $$2 }'

# The environment is made anew when one of the two files that describe it changes.
$(VENV)/made.stamp: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 10) or sys.exit("Python 3.10 or newer is needed: make PYTHON=python3.12 ...")'
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/demo.stamp: $(VENV)/made.stamp
	$(INSTALL) -e '.[examples]'
	@touch $@

$(VENV)/dev.stamp: $(VENV)/made.stamp
	$(INSTALL) -e '.[dev]'
	@touch $@
