# Every target does its own set-up: a virtual environment in .venv with the pinned versions of
# constraints.txt. A second call installs nothing.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out/demo

.PHONY: demo test check fmt bench

demo: $(VENV)/.installed
	$(BIN)/corrigenda build --out $(OUT)
	$(BIN)/corrigenda show $(OUT) -n 6

test: $(VENV)/.installed
	$(BIN)/pytest -n 2 --dist loadscope

check: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fmt: $(VENV)/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed
	$(BIN)/python -m bench.framework_time
	$(BIN)/python -m bench.sampling
	$(BIN)/python -m bench.warm

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[local,dev]'
	touch $@
