# A fresh machine needs Python 3.11 or newer and make. The rest is fetched, at the versions and with
# the hashes of the lock files, into .venv and .cache; nothing outside this folder is changed, but
# that `make test` as root installs Debian's Chromium where there is none.

VENV := .venv
BIN := $(VENV)/bin
PYTHONS := python3 python3.11 python3.12 python3.13 python3.14
UV := uv==0.13.8

export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test chaos bench lint vendor screens lock clean

run: $(VENV)/.runtime
	@exec $(BIN)/playground serve

# All tests, by three workers, which wait a good deal. PYTEST takes pytest's own options instead:
# make test PYTEST="tests/runs -x"
test: $(VENV)/.development
	@chromium=$$($(BIN)/python -m tests.support.chromium) && \
	  PLAYGROUND_CHROMIUM=$$chromium exec $(BIN)/python -m pytest $(or $(PYTEST),--numprocesses 3 --no-loadscope-reorder)

# Servers killed at random under load, on SQLite and on Postgres with two replicas, for MINUTES=5
# or until KILLS=n; SEED=n draws the same again.
chaos: $(VENV)/.development
	@$(BIN)/python -m tests.chaos

bench: $(VENV)/.development
	$(BIN)/python -m bench

lint: $(VENV)/.development
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates

vendor: $(VENV)/.development
	PATH="$(CURDIR)/$(BIN):$$PATH" sh static/vendor/make.sh

screens: $(VENV)/.development
	@chromium=$$($(BIN)/python -m tests.support.chromium) && \
	  PLAYGROUND_CHROMIUM=$$chromium exec $(BIN)/python -m tests.screens

# Keeps what is locked already; for newer versions: make lock UPGRADE=--upgrade
lock: $(BIN)/python
	$(BIN)/python -m pip install --quiet $(UV)
	$(COMPILE) pyproject.toml --output-file requirements.lock
	$(COMPILE) pyproject.toml --constraints requirements.lock \
	  --group test --group lint --group vendor --output-file requirements-dev.lock

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url $(UPGRADE)

clean:
	rm -rf $(VENV) .cache .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What is installed: .runtime is what `make run` needs, .development what all else needs, which
# holds the runtime too. Each stamp is as old as its installation.

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.development: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/.runtime

# uv is ten times as fast; where it cannot be had or does not get through, pip installs the same.
# `playground` itself comes without its dependencies, which are there, and stays this checkout.
UV_INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python

define install
	@echo "Installing $(1)"
	@$(BIN)/python -m pip install --quiet $(UV) || echo "uv cannot be had; pip does it, slowly."
	@test -x $(BIN)/uv && $(UV_INSTALL) --compile-bytecode --require-hashes -r $(1) \
	  || $(BIN)/python -m pip install --quiet --require-hashes -r $(1)
	@test -x $(BIN)/uv && $(UV_INSTALL) --no-deps -e . \
	  || $(BIN)/python -m pip install --quiet --no-deps -e .
endef

$(BIN)/python:
	@for python in $(PYTHON) $(PYTHONS); do \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  $$python -m venv --clear $(VENV) && exit 0; \
	  echo "$$python cannot make a virtual environment. On Debian: apt install python3-venv" >&2; \
	  exit 1; \
	done; \
	echo "Python 3.11 or newer is needed. Install one, or name it: make run PYTHON=/path/to/it" >&2; \
	exit 1
