# make extract and make test set up their own environment: only Python >= 3.11 and make are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
PIP := PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --root-user-action=ignore -c constraints.txt
CORPUS ?= samples
DOCUMENTS ?= 2000

.PHONY: extract test lint types wheel accuracy bench docs samples clean
extract: $(STAMP)
	@$(BIN)/yusuan extract samples -o outputs

test: $(DEV)
	$(BIN)/python -m pytest -q

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)
	$(BIN)/mypy

# The built wheel must work away from the checkout, with its specs and code lists inside.
wheel: $(DEV)
	rm -rf build/wheel && mkdir -p build/wheel/tree
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir build/wheel .
	$(BIN)/python -m zipfile -e build/wheel/*.whl build/wheel/tree
	cd build/wheel && PYTHONPATH=tree ../../$(BIN)/python -c "import extract; assert 'tree' in extract.__file__, extract.__file__"
	cd build/wheel && PYTHONPATH=tree ../../$(BIN)/python -m extract.cli extract ../../samples -o out -q

# Every amount of the samples and of freshly generated documents, found once and nothing besides.
accuracy: $(DEV)
	$(BIN)/python -m tests.bench.accuracy samples --fresh 25 --bar 1

bench: $(DEV)
	$(BIN)/python -m tests.bench.accuracy $(CORPUS)
	$(BIN)/python -m tests.bench.speed $(CORPUS)
	$(BIN)/python -m tests.bench.scan $(CORPUS)
	$(BIN)/python -m tests.bench.batch --documents $(DOCUMENTS)

docs: $(DEV)
	$(BIN)/python -m parsers.specs.dictionary > docs/dictionary.md

samples: $(DEV)
	$(BIN)/python -m samples.make

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
	find outputs -mindepth 1 ! -name README.md -delete

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 2; }
	@echo "Setting up $(VENV); this takes a minute, once"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -e .
	@touch $@

# What only tests and other chores need comes on top, when one of them is first run.
$(DEV): $(STAMP)
	@echo "Adding what tests need to $(VENV)"
	@$(PIP) -e '.[dev]'
	@touch $@
