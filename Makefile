# A fresh machine needs two commands: `make run` and `make test`. Each builds .venv from its lock once.
# PYTHON=python3.12 chooses the Python; ARGS='-k ledger' passes options to what is run.
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements.lock
DEV_LOCK := requirements-dev.lock

# The folder's path is part of the key because the scripts in .venv/bin carry it.
SHA256 := $(shell command -v sha256sum >/dev/null && echo sha256sum || echo shasum -a 256)
key = $(shell { cat $(1); pwd; } | $(SHA256) | cut -c 1-16)
RUN_STAMP := $(VENV)/.lock-$(call key,$(LOCK))
DEV_STAMP := $(VENV)/.lock-dev-$(call key,$(LOCK) $(DEV_LOCK))

export PYTHON

.PHONY: run test every-sign check format benchmarks lock clean

run: $(RUN_STAMP)
	@$(BIN)/untact compare scenarios/baseline.toml scenarios/plan_2020.toml $(ARGS)

test: $(DEV_STAMP)
	$(BIN)/python -m pytest -n 2 $(ARGS)

every-sign: $(DEV_STAMP) # every sign of every rule of the reference turned round, not one of each
	UNTACT_EVERY_SIGN=1 $(BIN)/python -m pytest -n 2 tests/reference $(ARGS)

check: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py

format: $(DEV_STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

benchmarks: $(DEV_STAMP)
	$(BIN)/python -m benchmarks $(ARGS)

# Needs uv; its settings are in pyproject.toml. ARGS=--upgrade moves the versions.
lock:
	uv pip compile --quiet $(ARGS) --group setup -o $(LOCK) pyproject.toml
	uv pip compile --quiet $(ARGS) --group setup --extra dev -c $(LOCK) -o $(DEV_LOCK) pyproject.toml

# Results stay: they are found again by their keys.
clean:
	rm -rf $(VENV) .venv-* .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info

$(RUN_STAMP):
	@echo "Building $(VENV) from $(LOCK): once, about half a minute."
	@rm -rf $(VENV)
	@.ci/environment $(VENV) $(LOCK)
	@touch $@

$(DEV_STAMP): $(RUN_STAMP)
	@echo "Adding the packages of $(DEV_LOCK) to $(VENV)."
	@.ci/environment $(VENV) $(DEV_LOCK)
	@touch $@
