# Everyday commands. On Windows, or without make, README.md has the plain commands.
#   make run           the app on http://localhost:8501, with a simulated chain if there is no data yet
#   make test          every check: style, types, unit tests, journeys in a real browser
#   make fuzz          10,000 hostile files through the importer (FUZZ="--cases 500 --seed 7"; failures in build/fuzz/)
#   make bench         speed against an empty app in the same browser (BENCH=--quick for a small run, --imports without browser)
#   make screenshots   docs/screenshots/ anew, both languages
#   make clean         remove what was built; never touches data/

PYTHON ?= python3
PORT ?= 8501
ADDRESS ?= localhost
BENCH ?=
FUZZ ?=
PYTEST ?=
SQ_DATA ?= $(CURDIR)/data
export SQ_DATA

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install -q

.PHONY: run data test check fuzz bench screenshots clean
.DEFAULT_GOAL := run

run: data
	$(PY) -m streamlit run app.py --server.address $(ADDRESS) --server.port $(PORT)

data: $(VENV)/installed
	@test -e "$(SQ_DATA)/published/CURRENT" || \
	if ls -A "$(SQ_DATA)/inbox" 2>/dev/null | grep -q .; then $(PY) -m sq publish; else $(PY) -m sq demo --import; fi

test: check
	$(PY) -m pytest -n 2 --dist loadgroup $(PYTEST)

check: $(VENV)/installed-dev
	$(PY) -m tests.browser.chromium --install
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

fuzz: $(VENV)/installed-dev
	$(PY) -m tests.hostile.campaign $(FUZZ)

bench: $(VENV)/installed-dev
	$(PY) -m tests.browser.chromium --install
	$(PY) -m tests.bench $(BENCH)

screenshots: $(VENV)/installed-dev data
	$(PY) -m tests.browser.chromium --install
	$(PY) -m tests.screenshots

clean:
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis $(VENV)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps stand for "these requirements are installed"; a changed file installs again.
$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "sq needs Python 3.11 or later (make PYTHON=python3.12 ...)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' || { echo "The venv module is missing: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt | $(PY)
	@echo "Installing sq's libraries into $(VENV) (once) ..."
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	@echo "Installing the test tools into $(VENV) (once) ..."
	$(PIP) -r requirements-dev.txt
	@touch $@
