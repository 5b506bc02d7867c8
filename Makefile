# make extract and make test set up their own environment: only Python >= 3.11 and make are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
DOCS := $(VENV)/.installed-docs
# --no-compile: Python compiles what it imports, a third of what pip would
PIP := PYTHONWARNINGS=ignore $(BIN)/python -m pip install --no-compile --quiet --quiet --disable-pip-version-check --root-user-action=ignore -c constraints.txt
CORPUS ?= samples
DOCUMENTS ?= 2000

.PHONY: extract help test lint types wheel accuracy check pythons mutants bench docs samples clean
extract: $(STAMP)  ## convert samples/ into outputs/
	@$(BIN)/yusuan extract samples -o outputs

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: $(DEV)  ## run the test suite
	$(BIN)/python -m pytest -q -n 2

lint: $(DEV)  ## style and format of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)  ## strict types
	$(BIN)/mypy

# The built wheel must work away from the checkout, with its specs and code lists inside.
wheel: $(DEV)  ## build the wheel and run it away from the checkout
	rm -rf build/wheel && mkdir -p build/wheel/tree
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir build/wheel .
	$(BIN)/python -m zipfile -e build/wheel/*.whl build/wheel/tree
	cd build/wheel && PYTHONPATH=tree ../../$(BIN)/python -c "import extract; assert 'tree' in extract.__file__, extract.__file__"
	cd build/wheel && PYTHONPATH=tree ../../$(BIN)/python -m extract.cli extract ../../samples -o out -q

# Every amount of the samples and of freshly generated documents, found once and nothing besides.
accuracy: $(DEV)  ## every amount of the samples and of fresh documents, once and nothing besides
	$(BIN)/python -m tests.bench.accuracy samples --fresh 25 --bar 1

# All that a submission must pass; .ci/run calls it.
check: test lint types wheel accuracy pythons  ## all that CI runs

# The quick tests under each supported Python that is installed besides the environment's own.
QUICK := tests/test_public_face.py tests/test_grid.py tests/test_stitching.py tests/test_numbers.py tests/test_samples.py
pythons: $(DEV)  ## quick tests under every supported Python that is installed
	@for version in 3.11 3.12 3.13; do \
	  $(BIN)/python -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] == '$$version')" || continue; \
	  python$$version -c "" 2>/dev/null || { echo "Python $$version is not installed: skipped"; continue; }; \
	  echo "Python $$version"; \
	  python$$version -m venv build/venv-$$version || exit 1; \
	  PYTHONWARNINGS=ignore build/venv-$$version/bin/python -m pip install --quiet --disable-pip-version-check \
	    --root-user-action=ignore -c constraints.txt -e . pytest hypothesis reportlab fonttools || exit 1; \
	  build/venv-$$version/bin/python -m pytest -q $(QUICK) || exit 1; \
	done

# Which changes of an operator or a number does no test notice?  MUTANTS=N takes a sample.
MUTANTS ?= 0
mutants: $(DEV)  ## change operators and numbers; print what no test notices
	$(BIN)/python -m tests.mutants --sample $(MUTANTS)

bench: $(DEV)  ## speed, accuracy and batches, as ratios (CORPUS=folder)
	$(BIN)/python -m tests.bench.accuracy $(CORPUS)
	$(BIN)/python -m tests.bench.cost $(CORPUS)
	$(BIN)/python -m tests.bench.speed $(CORPUS)
	$(BIN)/python -m tests.bench.scan $(CORPUS)
	$(BIN)/python -m tests.bench.batch --documents $(DOCUMENTS)

docs: $(DOCS)  ## write the generated pages again and build the site into build/site
	$(BIN)/python -m parsers.specs.dictionary > docs/dictionary.md
	$(BIN)/python -m parsers.specs.rulebook > docs/rules.md
	$(BIN)/python -m tests.notebook docs/figures.ipynb
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

samples: $(DEV)  ## make the documents of samples/ again
	$(BIN)/python -m samples.make

clean:  ## remove the environment, builds and outputs
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
	find outputs -mindepth 1 ! -name README.md -delete

# What a run needs, recognition of scans too: samples/scans holds two.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 2; }
	@echo "Setting up $(VENV); this takes a minute, once"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -e '.[ocr]'
	@touch $@

# What only tests and other chores need comes on top, when one of them is first run.
$(DEV): $(STAMP)
	@echo "Adding what tests need to $(VENV)"
	@$(PIP) -e '.[dev]'
	@touch $@

$(DOCS): $(STAMP)
	@echo "Adding what the site needs to $(VENV)"
	@$(PIP) -e '.[docs]'
	@touch $@
