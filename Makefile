# What a contributor runs. From a bare clone it needs make, Python >= 3.11 and PyPI; everything else lands in .venv.
#
#   make test        lint, types and the fast tests       make lint     ruff
#   make test-slow   the tests that take longer           make types    mypy --strict
#   make demo        the tutorial's example, into demo/   make docs     the pages, into docs/_build
#   make install     .venv alone                          make clean    remove all that is built, but .venv
#
# PYTHON creates .venv and is not used again: delete .venv to change it, e.g. rm -r .venv; make PYTHON=python3.12 test

PYTHON ?= python3
BIN := .venv/bin
CODE := efmodels formulations instances

# The stamp's name is a checksum of pyproject.toml and the list of modules: change either, and the install is stale.
# (A strict editable install, which type checkers understand, sees no module that was added after it.)
INSTALLED := .venv/installed-$(firstword $(shell { cat pyproject.toml; find $(CODE) -name '*.py' | sort; } | cksum))

.PHONY: install test test-slow lint types demo docs clean
.DEFAULT_GOAL := test

install: $(INSTALLED)

$(INSTALLED):
	@test -x $(BIN)/pip || $(PYTHON) -c 'import sys; v = sys.version.split()[0]; sys.exit(sys.version_info < (3, 11) and \
	  f"efmodels needs Python 3.11 or newer, but $(PYTHON) is {v}. Name a newer one: make PYTHON=python3.12")'
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --quiet --upgrade pip
	rm -rf build .venv/installed-*
	$(BIN)/pip install --quiet --quiet --editable . --config-settings editable_mode=strict \
	  --group test --group lint --group docs --group solvers --group plot --group interop --group release
	@touch $@

test: lint types
	$(BIN)/pytest -m "not slow" -n 2

test-slow: install
	$(BIN)/pytest -m slow -n 2

lint: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check

# Type checkers look for efmodels.formulations inside efmodels/, where it lies in the installed tree alone.
types: install
	cd build/__editable__.* && $(CURDIR)/$(BIN)/mypy --config-file $(CURDIR)/pyproject.toml --package efmodels

demo: install
	$(BIN)/python docs/tutorial/demo.py demo

docs: install
	$(BIN)/sphinx-build --quiet --nitpicky --fail-on-warning --fresh-env docs docs/_build

clean:
	rm -rf build dist demo docs/_build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .venv/installed-*
	find $(CODE) tests docs -name __pycache__ -prune -exec rm -rf {} +
