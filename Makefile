# `make run` and `make test` each need nothing but Python 3.11 or later, make and a package index.

# The first Python here that is new enough; `make run PYTHON=/path/to/python` chooses another.
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$p" && break; done)
ARGS ?=
N ?= 100000

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
TRAINING := $(VENV)/.training

.PHONY: help run test lint format screenshots notebooks readme bench train fuzz lock clean

help:
	@echo "make run          install, then open the page        (ARGS=\"--port 7861 --no-browser\")"
	@echo "make test         install, then run every test       (ARGS=\"-k parser -x\")"
	@echo "make lint         ruff, mypy --strict, import layers"
	@echo "make format       let ruff format and mend what it can"
	@echo "make screenshots  the pictures of the README, taken from the real page"
	@echo "make notebooks    execute the notebooks, and keep what their cells print  (ARGS=\"2 4\")"
	@echo "make readme       write the help texts of the README anew"
	@echo "make bench        what the engine costs, measured on this machine"
	@echo "make train        train the embedded model again     (ARGS=\"--minutes 75 --folder build/demo\")"
	@echo "make fuzz         random streams against the parser's laws        (N=1000000)"
	@echo "make lock         resolve requirements.lock again (needs uv; ARGS=--upgrade takes newer versions)"
	@echo "make clean        remove the environment and everything that was built"

run: $(INSTALLED)
	@$(BIN)/python -m ui.terminal.cli ui $(ARGS)

# Files run beside each other; those that need a browser come after, one by one: a page that waits for
# its turn is no user's page. 5 is "no test was chosen", as ARGS="-k parser" does for one of the two.
test: $(INSTALLED)
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder \
		--ignore tests/browser $(ARGS) || [ $$? -eq 5 ]
	$(BIN)/python -m pytest tests/browser $(ARGS) || [ $$? -eq 5 ]

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: $(INSTALLED)
	$(BIN)/python -m tests.browser.screenshots $(ARGS)

notebooks: $(INSTALLED)
	$(BIN)/python -m tests.notebooks $(ARGS)

readme: $(INSTALLED)
	$(BIN)/python -m tests.readme

bench: $(INSTALLED)
	$(BIN)/python -m tests.benchmarks $(ARGS)

train: $(TRAINING)
	$(BIN)/python -m core.demo.train $(ARGS)

# The dependency group `train`, read by Python: pip knows groups only since 25.1.
$(TRAINING): $(INSTALLED)
	@$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["train"], sep="\n")' > $@.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $@.txt || { \
		echo "torch could not be installed: see the lines above. About 5 GB of disk must be free on Linux."; exit 1; }
	@touch $@

fuzz: $(INSTALLED)
	$(BIN)/python -m tests.fuzz $(N) $(ARGS)

# A second run finds the stamp and installs nothing.
$(INSTALLED): requirements.lock pyproject.toml
	@"$(PYTHON)" -c '' >/dev/null 2>&1 || { \
		echo "Python 3.11 or later was not found: install it, or name one with: make run PYTHON=/path/to/python3.11"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is $$("$(PYTHON)" -V 2>&1), and Counterpoint needs Python 3.11 or later: install it, or name one with: make run PYTHON=/path/to/python3.11"; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' >/dev/null 2>&1 || { \
		echo "$(PYTHON) lacks its venv module: install it (Debian and Ubuntu: apt-get install python3-venv) and try again."; exit 1; }
	@echo "Installing into $(VENV), once; this takes a minute or two."
	@"$(PYTHON)" -m venv $(VENV) || { \
		echo "The environment $(VENV) could not be made: see the lines above; 'make clean' removes a broken one."; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock || { \
		echo "The packages could not be installed: see the lines above. A package index must be reachable, with about 1 GB of disk free."; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# What is locked already stays as it is, as far as pyproject.toml lets it; ARGS=--upgrade takes the newest.
lock:
	@command -v uv >/dev/null || { echo "uv was not found: install it (pip install uv) and try again."; exit 1; }
	@cp requirements.lock requirements.lock.pins
	@echo "# Every version that make run and make test install, for Linux and macOS, Python 3.11 and later." > requirements.lock.new
	@echo "# Written by make lock (uv pip compile --universal --generate-hashes); do not edit by hand." >> requirements.lock.new
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --only-binary :all: \
		--no-strip-extras --no-annotate --no-header --no-emit-index-url --no-emit-find-links --quiet $(ARGS) \
		--output-file requirements.lock.pins > /dev/null
	@cat requirements.lock.pins >> requirements.lock.new
	@rm requirements.lock.pins
	@mv requirements.lock.new requirements.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find core ui tests notebooks -name __pycache__ -type d -prune -exec rm -rf {} +
