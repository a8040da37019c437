# `make run` and `make test` are all a newcomer needs: Python 3.11+, make and a package index.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/installed

.PHONY: run test lint bench cluster clean install
.DEFAULT_GOAL := run

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

run: install
	$(BIN)/qa build
	$(BIN)/qa serve

# Packages come without bytecode: the first process to import a module writes it for all others.
test: export PYTHONDONTWRITEBYTECODE =
test: install
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not browser and not cluster'
	$(BIN)/python -m pytest -m browser

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# What the project is compared with lives in a venv of its own, which sees the packages of ours.
PEERS := $(VENV)-bench

$(PEERS)/installed: benchmarks/requirements.txt $(STAMP)
	$(PYTHON) -m venv $(PEERS)
	$(BIN)/python -c 'import site; print(site.getsitepackages()[0])' > \
		"$$($(PEERS)/bin/python -c 'import site; print(site.getsitepackages()[0])')/project.pth"
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	touch $@

bench: install $(PEERS)/installed
	$(BIN)/python -m benchmarks.bench

# The servers that the tests of qa/cluster start live in a venv of their own, too.
CLUSTER := $(VENV)-cluster

$(CLUSTER)/installed: tests/cluster/requirements.txt $(STAMP)
	$(PYTHON) -m venv $(CLUSTER)
	$(BIN)/python -c 'import site; print(site.getsitepackages()[0])' > \
		"$$($(CLUSTER)/bin/python -c 'import site; print(site.getsitepackages()[0])')/project.pth"
	$(CLUSTER)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
		'.[cluster]' -r tests/cluster/requirements.txt
	touch $@

cluster: install $(CLUSTER)/installed
	$(CLUSTER)/bin/python -m pytest -m cluster

clean:
	rm -rf $(VENV) $(VENV)-bench $(VENV)-cluster build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis screenshots
	find vectors -mindepth 1 ! -name README.md -delete
