# The two commands: make run, make test.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
PORT ?= 8000
export PORT POVEDU_WHEELS

ifeq ($(strip $(PYTHON)),)
$(error Python 3.11 or newer is needed and no python3 was found. Debian 12: apt-get install python3.11 python3.11-venv)
endif

.PHONY: run test lint nightly bench messages format clean distclean

run:  ## start everything on this machine with the demo county
	@$(PYTHON) tools/run.py

test:      ## everything CI runs
	@$(PYTHON) tools/check.py

lint:      ## the checks that need no test run
	@$(PYTHON) tools/check.py --lint

nightly:   ## the long proofs: many kills, races, mutations
	@$(PYTHON) tools/check.py --nightly

bench:     ## measure what README and docs claim
	@$(PYTHON) tools/bench.py

messages:  ## collect interface text and compile the catalogues
	@$(PYTHON) tools/check.py --messages

format:    ## lay the code out
	@$(PYTHON) tools/check.py --format

clean:     ## forget caches, keep data and environment
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis htmlcov .coverage*
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean  ## forget the environment too; the data in var/ stays
	rm -rf .venv
