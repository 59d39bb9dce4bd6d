# What one types here. `make run` and `make test` are all that most people need.
#
#   make run          serve on http://127.0.0.1:8000 (HOST, PORT, DATABASE_URL, PUBLIC_URL, TIME_ZONE, MAIL_URL, MAIL_FROM)
#   make test         everything that a change must pass, on SQLite, PostgreSQL and in a real browser
#   make verify       the same, and what is slow; valid HTML and what Lighthouse says too, for which it takes Node
#   make bench        the measurements of benchmarks/README.md, for 10,000 and 100,000 people
#   make bench-large  the same for 1,000,000 people on PostgreSQL
#   make screenshots  take the pictures of docs/images anew
#   make styleguide   serve the page that shows every component in each of its states
#   make lock         pin requirements.in and requirements-dev.in anew, with hashes (needs uv)

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m
INSTALL := $(RUN) pip install --disable-pip-version-check --quiet --require-hashes

export PYTHONUTF8 := 1

.PHONY: run test verify bench bench-large screenshots styleguide lock
.DELETE_ON_ERROR:

run: $(VENV)/installed
	@exec $(RUN) flask --app app serve

$(VENV)/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo 'Error: Python 3.11 or later is needed: apt-get install python3, or make PYTHON=/path/to/python3' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo 'Error: Python cannot make virtual environments here: apt-get install python3-venv' >&2; exit 1; }
	@echo 'Installing what Waymark needs into $(VENV) …'
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	@echo 'Installing what the tests need …'
	@$(INSTALL) -r requirements.txt -r requirements-dev.txt
	@touch $@

# The journeys run in a real browser, which comes from the distribution.
.PHONY: chromium
chromium:
	@command -v chromium >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ]; then \
	  echo 'Installing Chromium …'; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; \
	else \
	  echo 'Error: the journeys need Chromium. Type: sudo apt-get install chromium' >&2; exit 1; \
	fi

.PHONY: lint
lint: $(VENV)/installed-dev
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy
	$(VENV)/bin/python $(VENV)/bin/lint-imports

# A validator and Lighthouse run on Node; their versions stand in tests/tools/package-lock.json.
.PHONY: node
node:
	@command -v node >/dev/null && command -v npm >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ]; then \
	  echo 'Installing Node …'; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm; \
	else \
	  echo 'Error: make verify needs Node. Type: sudo apt-get install nodejs npm' >&2; exit 1; \
	fi

TOOLS := tests/tools/node_modules/.package-lock.json
$(TOOLS): tests/tools/package-lock.json | node
	@echo 'Installing what looks at the pages …'
	@cd tests/tools && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# Each worker has its own databases; the journeys share one of them, and with it one server and one browser.
PYTEST := $(RUN) pytest -n 2 --dist loadgroup

test: chromium $(VENV)/installed-dev lint
	$(PYTEST) -m 'not slow'

verify: test $(TOOLS)
	$(PYTEST) -m slow

bench: $(VENV)/installed-dev
	$(RUN) benchmarks.run --sizes 10000,100000

bench-large: $(VENV)/installed-dev
	$(RUN) benchmarks.run --large

screenshots: chromium $(VENV)/installed-dev
	$(RUN) scripts.screenshots

styleguide: $(VENV)/installed-dev
	@exec $(RUN) scripts.styleguide

lock:
	@command -v uv >/dev/null || { echo 'Error: uv is needed to pin requirements: pipx install uv' >&2; exit 1; }
	uv pip compile --universal --generate-hashes --no-header --upgrade --output-file requirements.txt requirements.in
	uv pip compile --universal --generate-hashes --no-header --upgrade --output-file requirements-dev.txt requirements-dev.in
