# Every target does its own set-up: a virtual environment in .venv with the pinned versions of
# constraints.txt. A second call installs nothing.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out/demo

.PHONY: demo test test-vllm test-ray check fmt bench

demo: $(VENV)/.installed
	$(BIN)/corrigenda build --out $(OUT)
	$(BIN)/corrigenda show $(OUT) -n 6

test: $(VENV)/.installed
	$(BIN)/pytest -n 2 --dist loadscope

# vLLM's CPU build has an environment of its own (4.5 GB): it holds torch and transformers at other versions.
# Compiling its small kernels would take longer than the tests.
test-vllm: $(VENV)-vllm/.installed
	TORCH_COMPILE_DISABLE=1 VLLM_CPU_KVCACHE_SPACE=1 $(VENV)-vllm/bin/pytest -rs tests/vllm tests/contracts/test_engines.py

# A cluster of three Ray nodes on this machine; Ray and what it needs stay out of the usual environment.
test-ray: $(VENV)-ray/.installed
	$(VENV)-ray/bin/pytest -rs tests/ray

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

$(VENV)-ray/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)-ray
	$(VENV)-ray/bin/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[local,ray,dev]'
	touch $@

$(VENV)-vllm/.installed: pyproject.toml tests/vllm/install.py
	$(PYTHON) tests/vllm/install.py $(VENV)-vllm
	touch $@
