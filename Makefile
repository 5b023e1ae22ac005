# Two commands to begin with: `make serve` and `make test`.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PORT   ?= 8000
SITE   ?= site
PIP    := $(BIN)/python -m pip --disable-pip-version-check -q

.DEFAULT_GOAL := help
.PHONY: help serve build test check lint types layers tests golden schema kernel bench node chromium shots pictures drills clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/' | expand -t 18

$(BIN)/python:
	@echo "creating $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing; on Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.runtime: $(BIN)/python pyproject.toml
	@echo "installing atlas and what it needs (once; about a minute)"
	@$(PIP) install -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime pyproject.toml
	@echo "installing what the tests need (once)"
	@$(PIP) install -e '.[dev]'
	@touch $@

serve: $(VENV)/.runtime ## build the site and serve it at http://127.0.0.1:8000
	@$(BIN)/atlas serve --port $(PORT)

build: $(VENV)/.runtime ## build the static site into site/
	@$(BIN)/atlas build --out $(SITE)

node: ## install the Node packages of the tests, where there is npm
	@if command -v npm >/dev/null 2>&1; then \
	  if [ ! -f node_modules/.installed ] || [ package.json -nt node_modules/.installed ]; then \
	    echo "installing Node packages (once)"; \
	    PUPPETEER_SKIP_DOWNLOAD=1 npm install --no-audit --no-fund --no-package-lock --loglevel=error && touch node_modules/.installed; \
	  fi; \
	else echo "no npm: tests that need Node packages are skipped by name"; fi

chromium: ## install Debian's Chromium, where that is possible
	@if command -v chromium >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "installing Chromium"; apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-core >/dev/null; \
	else echo "no Chromium: browser tests are skipped by name (on Debian: apt-get install chromium)"; fi

test: $(VENV)/.dev node chromium ## install what the tests need and run them all
	@$(MAKE) --no-print-directory check tests

check: $(VENV)/.dev lint types layers schema ## everything but the tests
	@$(BIN)/atlas check --show warning

lint: $(VENV)/.dev
	@$(BIN)/ruff check src tests bench
	@$(BIN)/ruff format --check -q src tests bench || { echo "not formatted; run: $(BIN)/ruff format src tests bench"; exit 1; }

types: $(VENV)/.dev
	@$(BIN)/mypy

layers: $(VENV)/.dev
	@$(BIN)/lint-imports --no-cache

schema: $(VENV)/.runtime
	@$(BIN)/atlas schema --check

tests: $(VENV)/.dev
	@$(BIN)/pytest -n 2 --dist loadfile $(PYTEST_ARGS)

golden: $(VENV)/.dev ## rewrite the golden files after an intended change
	@ATLAS_UPDATE_GOLDEN=1 $(BIN)/pytest -q tests -k golden

kernel: $(VENV)/.dev ## build the discrete engine's kernel anew, as a library and as WebAssembly
	@$(BIN)/python src/atlas/sim/build_kernel.py

bench: $(VENV)/.dev node chromium ## measure, and write bench/RESULTS.md
	@$(BIN)/python -m bench

shots: $(VENV)/.dev chromium pictures ## take the screenshots of docs/shots
	@$(BIN)/python docs/take_shots.py

pictures: $(VENV)/.runtime ## make the chart of docs/pictures with the command that the README shows
	@mkdir -p docs/pictures
	@$(BIN)/atlas run discord --drill celebrity-storm --quick --plot docs/pictures/celebrity-storm.svg

drills: $(VENV)/.runtime ## run the drills of all systems on both engines, where they are out of date (catalogue/runs)
	@$(BIN)/atlas drills --executor processes

clean: ## remove what was built
	rm -rf $(SITE) .atlas-cache build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
