# make run and make test do all the set-up that they need. `make help` lists the rest.

# AutoGluon 1.6 runs on Python 3.11 and 3.12; 3.12 is what the container has.
PYTHON ?= $(shell for p in python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null \
	&& echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TESTS_READY := $(VENV)/.ready-for-tests
CHECKS := $(VENV)/checks
CHECKS_READY := $(CHECKS)/.ready
# Five at once also on two processors, for much of the time is spent waiting.
PYTEST := $(BIN)/pytest -n 5
# Of what is installed, Python compiles what is used, when it is first used.
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --no-compile
# While the types are checked, which takes longer.
CHECK_TEMPLATE = $(BIN)/cfn-lint dist/codefree.yaml && $(CHECKS)/bin/checkov -f dist/codefree.yaml \
	--framework cloudformation --compact --quiet --skip-download
TOOLKIT := $(VENV)/toolkit
TOOLKIT_READY := $(TOOLKIT)/.ready
TOOLKIT_VERSIONS := 5.1.1 5.1.4
BENCHMARKS_READY = $(TESTS_READY) $(MESSAGES) $(TOOLKIT_READY)
SAMPLE := .codefree/sample
MESSAGES := $(patsubst %.po,%.mo,$(wildcard */locale/*.po))

TRAIN ?= $(SAMPLE)/breast_cancer_train.csv
# Whose only file is TRAIN has it split.
TEST ?= $(if $(filter $(SAMPLE)/%,$(TRAIN)),$(SAMPLE)/breast_cancer_test.csv)
TARGET ?=
MINUTES ?= 1
COST ?= 1
TYPE ?= auto
METRIC ?= auto
PRESET ?= medium_quality
OUT ?= results

# Many machines that run tests forbid Python to keep what it compiled. The tests and what they start
# are hundreds of processes, each of which would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run test browser lint package messages release bench performance trials clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20
	@echo
	@echo "  make run TRAIN=a_train.csv TEST=a_test.csv TARGET=price MINUTES=5 COST=2"
	@echo "           TYPE=regression METRIC=auto PRESET=best_quality OUT=results   runs your own data"

setup: $(TESTS_READY) $(MESSAGES) $(CHECKS_READY) $(TOOLKIT_READY) ## create the environment in .venv (the other targets do so when needed)

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Codefree needs Python 3.11 or 3.12. Install one of them, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Making the environment in $(VENV) (about 1.2 GB, a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

# What only tests, checks and benchmarks need.
$(TESTS_READY): requirements-dev.lock $(READY)
	@echo "Adding what tests and benchmarks need (about 500 MB) ..."
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

# What gettext reads.
$(MESSAGES): %.mo: %.po $(READY)
	@$(BIN)/python -m workflow.messages compile

# What checks the template stands apart, for it can't be had beside AutoGluon.
$(CHECKS_READY): checks/requirements.lock checks/package-lock.json $(READY)
	@echo "Making the environment of the template's checks in $(CHECKS) (about 500 MB) ..."
	@$(PYTHON) -m venv $(CHECKS)
	@$(CHECKS)/bin/pip install --quiet --disable-pip-version-check --no-compile --require-hashes \
		-r checks/requirements.lock
	@cp checks/package.json checks/package-lock.json checks/.npmrc $(CHECKS)
	@PATH="$(CURDIR)/$(CHECKS)/bin:$$PATH" npm ci --silent --prefix $(CHECKS)
	@touch $@

# AWS's training toolkit in two versions, each in a folder of its own, for it needs AutoGluon beside
# it. Its packages have a part in C, for jobs on several machines, that not every machine can build:
# the Python code is taken as it is, with an empty module in that part's place.
$(TOOLKIT_READY): $(wildcard checks/toolkit/*.lock) $(READY)
	@echo "Installing AWS's training toolkit in $(TOOLKIT) (about 10 MB) ..."
	@rm -rf $(TOOLKIT)
	@$(INSTALL) --no-deps --no-build-isolation --require-hashes --target $(TOOLKIT)/needed \
		-r checks/toolkit/needed.lock
	@touch $(TOOLKIT)/needed/gethostname.py
	@for version in $(TOOLKIT_VERSIONS); do \
		$(BIN)/pip download --quiet --disable-pip-version-check --no-deps --no-build-isolation \
			--require-hashes --dest $(TOOLKIT)/packed -r checks/toolkit/$$version.lock \
		&& mkdir $(TOOLKIT)/$$version \
		&& tar -xzf $(TOOLKIT)/packed/sagemaker_training-$$version.tar.gz --strip-components=2 \
			-C $(TOOLKIT)/$$version sagemaker_training-$$version/src/sagemaker_training || exit 1; \
	done
	@rm -r $(TOOLKIT)/packed
	@touch $@

run: $(READY) $(MESSAGES) ## train and evaluate on this machine, by default with breast-cancer data
	@test "$(TRAIN)" != "$(SAMPLE)/breast_cancer_train.csv" || $(BIN)/python -m operate.drafts.sample_data $(SAMPLE)
	@$(BIN)/codefree run "$(TRAIN)" $(if $(TEST),"$(TEST)") $(if $(TARGET),--target "$(TARGET)") \
		--problem-type $(TYPE) \
		--minutes $(MINUTES) --cost $(COST) --metric $(METRIC) --preset $(PRESET) --out "$(OUT)"

test: lint $(TOOLKIT_READY) browser ## run lint, type checks and all tests
	@$(PYTEST)

# The tests of the pages need one. Where it can't be had they are skipped, and say so.
browser:
	@command -v chromium > /dev/null || command -v chromium-browser > /dev/null || { \
		test "$$(id -u)" = 0 && command -v apt-get > /dev/null \
		&& echo "Installing chromium for the tests of the pages (about 400 MB) ..." \
		&& apt-get update > /dev/null 2>&1 \
		&& apt-get install --yes --no-install-recommends chromium > /dev/null 2>&1; } \
	|| echo "There is no chromium: the tests of the pages are skipped."

lint: $(TESTS_READY) $(MESSAGES) $(CHECKS_READY) package ## run ruff, mypy, cfn-lint and checkov
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy & types=$$!; $(CHECK_TEMPLATE); template=$$?; wait $$types && exit $$template

package: $(READY) ## build dist/codefree.yaml, the only file to deploy
	@$(BIN)/codefree package

messages: $(READY) ## bring the .po files for translators up to date with the code, and compile them
	@$(BIN)/python -m workflow.messages

release: lint ## build codefree.yaml as a new version and record it in CHANGELOG.md
	@$(BIN)/python -m workflow.release

bench: performance trials ## measure everything, as the next two do; takes hours

performance: $(BENCHMARKS_READY) ## measure how long what takes, into docs/performance.md (more than an hour)
	@for part in setup start check split functions evaluation predict overhead load \
		endpoint console console_upload toolkit; do \
		$(BIN)/python -m benchmarks.$$part || exit 1; \
	done

trials: $(BENCHMARKS_READY) ## try what chooses, scores and keeps data, more often and longer than tests do
	@for part in budget champion quality uploads crashes; do $(BIN)/python -m benchmarks.$$part || exit 1; done
	@$(PYTEST) tests/local/test_toolkit.py tests/local/test_toolkit_runs.py
	@CODEFREE_KILLS=30 $(PYTEST) tests/local/test_kept.py -k killed
	@$(PYTEST) -m long

clean: ## delete everything that was created here
	rm -rf $(VENV) dist results .codefree *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
