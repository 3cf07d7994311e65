# make demo | test | test-slow | check | fuzz | bench | consumers | docs | smoke
#
# PYTHON       the interpreter that makes .venv (3.11 or newer)
# TORCH        which torch is installed first
# FUZZ_SECONDS how long each target of `make fuzz` runs; FUZZ names some targets only
# TORCH_INDEX  where it comes from, e.g. https://download.pytorch.org/whl/cpu for a small one

PYTHON ?= python3
TORCH ?= torch==2.13.0
TORCH_INDEX ?=
FUZZ_SECONDS ?= 60
FUZZ ?=

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export HF_HUB_OFFLINE ?= 1
export OMP_NUM_THREADS ?= 1

.PHONY: setup demo test test-slow check fix docs golden fuzz bench consumers smoke clean

setup: $(STAMP)

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Tunesmith needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet "$(TORCH)" $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX))
	$(BIN)/python -m pip install --quiet --editable ".[all]"
	$(BIN)/python -m pip install --quiet --group dev
	touch $(STAMP)

demo: $(STAMP)
	PATH="$(CURDIR)/$(BIN):$$PATH" sh recipes/demo.sh

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 -m "not slow and not gpu and not network"

test-slow: $(STAMP)
	$(BIN)/python -m pytest -n 2 -m "slow and not gpu and not network"

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python docs/make_docs.py --check

fix: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(STAMP)
	$(BIN)/python docs/make_docs.py

golden: $(STAMP)
	UPDATE_GOLDEN=1 $(BIN)/python -m pytest tests -k golden

bench: $(STAMP)
	$(BIN)/python bench/start.py
	$(BIN)/python bench/convert.py
	$(BIN)/python bench/formats.py --rows 5000
	$(BIN)/python bench/lint.py
	$(BIN)/python bench/dedup.py
	$(BIN)/python bench/decontam.py
	$(BIN)/python bench/filter.py
	if test -n "$$TUNESMITH_DATA"; then \
		$(BIN)/python bench/mail.py --quality --speed && $(BIN)/python bench/redact.py; fi
	$(BIN)/python bench/balance.py
	$(BIN)/python bench/split.py
	$(BIN)/python bench/stats.py

fuzz: $(STAMP)
	$(BIN)/python -m pip install --quiet --group fuzz
	for target in $(or $(FUZZ),`$(BIN)/python -m tests.fuzz.run`); do \
		$(BIN)/python -m tests.fuzz.run $$target $(FUZZ_SECONDS) || exit 1; done

consumers: $(STAMP)
	$(BIN)/python -m tests.consumers.run_real

smoke: $(STAMP)
	PATH="$(CURDIR)/$(BIN):$$PATH" sh tests/smoke.sh

clean:
	rm -rf data runs out dist build
