# Every target sets up what it needs in .venv: Python >= 3.11, make and git are enough to begin with.
.DEFAULT_GOAL := help
PYTHON ?= python3
EVENT ?= events/console.json
STAGE ?= dev
JOB ?=
CASE ?=
SHARE ?= 1/1
CDK_OPTIONS ?=
BIN := .venv/bin
READY := .venv/ready
# pip, uv and npm ask where either of them was told to: mirrors and certificates in their own settings count for all.
SET_UP := $(BIN)/python -P infra/build/package_indexes.py
UV := $(SET_UP) $(BIN)/uv

.PHONY: help setup run test test-all faults mutants bench lint format docs synth bundle lock bootstrap diff deploy destroy smoke clean

help: ## what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: $(READY) ## install everything, hashed and pinned, into .venv

$(READY): requirements/uv.lock requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; give it with make PYTHON=...")'
	@echo "Setting up .venv; this takes a minute or two ..." >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(SET_UP) $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.lock
	@$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/dev.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

run: $(READY) ## run a datamart here: make run EVENT=events/console.json
	@$(BIN)/datamart run "$(EVENT)"

test: $(READY) ## the tests, in parallel, without further cases of what is tested once (marked "exhaustive")
	@$(BIN)/python -m pytest

test-all: $(READY) ## all tests: every scenario of the simulator, every odd response, every variant of an input
	@$(BIN)/python -m pytest -m ""

faults: $(READY) ## the campaign of faults, or a part: SHARE=1/10, or CASE='saveAs/execute#1/reset-after'
	@$(BIN)/python -m tests.faults.campaign "$(CASE)" --share "$(SHARE)"

mutants: $(READY) ## change each module that decides, bit by bit: every change must fail a test (or a part: CASE=conclusion)
	@$(BIN)/python -m tests.mutation.run "$(CASE)"

bench: $(READY) ## import time and memory of every handler, and start-up of datamart run, as ratios; looks and delay of polling; what queueing costs many runs, what batches cost and how long they take, simulated and real; CPU of the emulator
	@$(BIN)/python -m tests.bench.import_time
	@$(BIN)/python -m tests.bench.first_minute
	@$(BIN)/python -m tests.bench.polling
	@$(BIN)/python -m tests.bench.queue.report
	@$(BIN)/python -m tests.bench.queue.real_runs
	@$(BIN)/python -m tests.bench.batches.report
	@$(BIN)/python -m tests.bench.batches.real_runs
	@$(BIN)/python -m tests.bench.batches.real_makespan
	@$(BIN)/python -m tests.bench.emulator_runs

lint: $(READY) ## ruff, mypy, cfn-lint on every stage, asl-validator on the state machine
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m infra.build.lint

format: $(READY) ## let ruff format and sort
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(READY) ## write the generated tables and pictures of the documents anew
	@$(BIN)/python -m infra.documents

synth: $(READY) ## the CloudFormation template of STAGE=dev, checked, into cdk.out
	@rm -rf cdk.out
	@$(BIN)/python -m infra.app --stage "$(STAGE)" --output cdk.out
	@$(BIN)/python -m infra.build.synth_report cdk.out
	@$(BIN)/python -m infra.build.jobs_report --stage "$(STAGE)"

bootstrap: synth ## prepare the AWS account and region for the CDK, once
	@$(BIN)/python -m infra.build.cdk_cli bootstrap $(CDK_OPTIONS)

diff: synth ## what deploying STAGE=dev would change
	@$(BIN)/python -m infra.build.cdk_cli diff --stage "$(STAGE)" $(CDK_OPTIONS)

deploy: synth ## deploy STAGE=dev; make deploy CDK_OPTIONS="--require-approval never" asks nothing
	@$(BIN)/python -m infra.build.cdk_cli deploy --stage "$(STAGE)" $(CDK_OPTIONS)

destroy: $(READY) ## remove what STAGE=dev deployed; the run table and the inbox are kept
	@$(BIN)/python -m infra.app --stage "$(STAGE)" --output build/destroy --without-checks --without-bundle
	@$(BIN)/python -m infra.build.cdk_cli destroy --stage "$(STAGE)" --assembly build/destroy $(CDK_OPTIONS)

smoke: $(READY) ## run a job once, for real, where STAGE=dev is deployed: make smoke JOB=NAME
	@$(BIN)/python -m local.cli.smoke --stage "$(STAGE)" --job "$(JOB)"

bundle: $(READY) ## what goes to Lambda, into build/lambda
	@$(BIN)/python -m infra.build.bundle

# Lambda brings boto3. Resolved as if it did not exist, what only it needs is not in the bundle either.
# Nor is charset-normalizer: requests imports it to guess encodings, and the client decodes every response itself.
COMPILE := $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11
lock: $(READY) ## pin everything anew, after a change in pyproject.toml
	@$(COMPILE) --group dev -o requirements/dev.lock
	@printf 'boto3\nbotocore\ncharset-normalizer\n' | $(COMPILE) --excludes - --group functions -c requirements/dev.lock -o requirements/functions.lock
	@$(BIN)/python -m infra.build.node_tools

clean: ## remove what was made, .venv included
	@rm -rf .venv build cdk.out .datamart *.egg-info .mypy_cache .ruff_cache .hypothesis
