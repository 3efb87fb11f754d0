# Every target does its own set-up: a virtual environment in .venv with the pinned versions of
# constraints.txt. A second call installs nothing.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out/demo

# Prefect's server on this machine, in Prefect's own home (PREFECT_HOME, else ~/.prefect).
PREFECT_SERVER_API_PORT ?= 4200
PREFECT_API_URL ?= http://127.0.0.1:$(PREFECT_SERVER_API_PORT)/api
SERVER_PID := $(or $(PREFECT_HOME),$(HOME)/.prefect)/server.pid

.PHONY: demo server server-stop test test-vllm test-thorough test-ray check fmt bench

demo: $(VENV)/.installed
	$(BIN)/corrigenda build --out $(OUT)
	$(BIN)/corrigenda show $(OUT) -n 6

# Leases in files outlive a restart of the server: with those in memory it ends runs that are well. Task runs recorded
# one by one keep the database locked for seconds.
server: export PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE ?= prefect.server.concurrency.lease_storage.filesystem
server: export PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE ?= 200
server: export PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE ?= 200
server: export PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL ?= 1
server: export PREFECT_SERVER_ANALYTICS_ENABLED ?= false
server server-stop: export DO_NOT_TRACK ?= 1
server server-stop: export PREFECT_SERVER_API_PORT := $(PREFECT_SERVER_API_PORT)
server server-stop: export PREFECT_API_URL := $(PREFECT_API_URL)

# A server that was killed, or a reboot, leaves its pid file behind, with which Prefect starts none.
server: $(VENV)/.installed
	@ps -o args= -p "$$(cat $(SERVER_PID) 2>/dev/null || echo 0)" 2>/dev/null | grep -q uvicorn || rm -f $(SERVER_PID)
	$(BIN)/prefect server status >/dev/null 2>&1 || $(BIN)/prefect --no-prompt server start --background
	$(BIN)/prefect server status --wait --timeout 120

server-stop: $(VENV)/.installed
	$(BIN)/prefect server stop

test: $(VENV)/.installed
	$(BIN)/pytest -n 3 --dist loadscope --no-loadscope-reorder

test-thorough: $(VENV)/.installed
	THOROUGH=1 $(BIN)/pytest -n 3 --dist loadscope --no-loadscope-reorder

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
