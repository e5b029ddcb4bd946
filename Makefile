# NormLab: what does normalization do to the training of a deep network?
#
#   make reproduce   install what is missing, build, train every experiment, draw the figures, judge the claims
#   make test        install what is missing, build, run the tests
#
# Variables: PROFILE=smoke|quick|paper   EXPERIMENTS="paper lenet" (suites and experiments)   THREADS=2   JOBS=2
#            ARGS="…" for normlab itself

PROFILE     ?= quick
EXPERIMENTS ?=
THREADS     ?=
JOBS        ?=
ARGS        ?=

SHELL       := /bin/bash
.SHELLFLAGS := -o pipefail -c

SWIFT   ?= swift
# The lines of tests that begin or pass; failures and the last line, which counts, are printed.
PASSED  := ^(◇ |✔ Suite |✔ Test case |✔ Test ("|[A-Za-z0-9_]+\())|started\.$$
BUILD   := $(SWIFT) build -c release --product normlab
NORMLAB := .build/release/normlab
PEERS   := Benchmarks/.venv
OPTIONS := --profile $(PROFILE) $(if $(THREADS),--threads $(THREADS)) $(if $(JOBS),--jobs $(JOBS)) $(ARGS)

.DEFAULT_GOAL := help
.PHONY: help setup build test reproduce smoke figures verify claims data reference bench bench-peers bench-tables schema
.PHONY: asm-check numerics-check lint format clean

help: ## print this menu
	@echo "NormLab: what does normalization do to the training of a deep network?"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'
	@echo
	@echo "  make reproduce PROFILE=smoke|quick|paper EXPERIMENTS=\"paper lenet\" THREADS=2 JOBS=2"
	@echo "  EXPERIMENTS are suites (paper, shift, critics, input, caffe) and experiments; without it, all of them"

setup: ## install the two system libraries (libpng, zlib) where they are missing
	@sh Scripts/setup.sh $(SWIFT)

build: setup ## build the program, optimized for this machine
	@$(BUILD)

test: setup ## build and run the tests
	@$(SWIFT) build --build-tests
	@$(SWIFT) test --skip-build --disable-xctest 2>&1 | grep --line-buffered -vE '$(PASSED)'

reproduce: build ## train every experiment, draw the figures, judge the claims (PROFILE=quick)
	@$(NORMLAB) reproduce $(EXPERIMENTS) $(OPTIONS)

smoke: ## the same in a minute or two: every arm, a few steps
	@$(MAKE) --no-print-directory reproduce PROFILE=smoke

figures: build ## draw the figures again from the CSV files
	@$(NORMLAB) figures $(EXPERIMENTS) --profile $(PROFILE)

verify: build ## print the claims with their verdicts
	@$(NORMLAB) verify $(EXPERIMENTS) --profile $(PROFILE)

claims: build ## print every claim: who makes it, who disputes it, what came out
	@$(NORMLAB) claims $(EXPERIMENTS) --profile $(PROFILE)

data: build ## fetch MNIST and check it
	@$(NORMLAB) data fetch

reference: reproduce ## put the results into Results/Reference and their claims into the README
	@sh Scripts/reference.sh $(PROFILE) $(NORMLAB)

bench: build ## measure kernels, networks and the machine; compare with PyTorch and JAX where they are
	@$(NORMLAB) bench $(if $(THREADS),--threads $(THREADS)) $(ARGS)
	@if [ -x $(PEERS)/bin/python ]; then $(NORMLAB) bench --compare $(if $(THREADS),--threads $(THREADS)); \
	else echo "Without a comparison: make bench-peers installs PyTorch and JAX."; fi

bench-peers: ## install PyTorch and JAX for CPUs into Benchmarks/.venv
	@python3 -m venv $(PEERS)
	@$(PEERS)/bin/pip install --quiet --retries 1 torch --index-url https://download.pytorch.org/whl/cpu \
	  || { echo "PyTorch's own index is out of reach: installing PyPI's build, which is much larger"; \
	       $(PEERS)/bin/pip install --quiet torch; }
	@$(PEERS)/bin/pip install --quiet numpy jax

bench-tables: build ## put the tables of the last benchmark into docs/performance.md
	@sh Scripts/performance.sh $(NORMLAB)

schema: build ## write the JSON Schema of the experiment files and the reference of their keys
	@$(NORMLAB) schema > Experiments/schema.json
	@$(NORMLAB) schema --reference > docs/configuration.md

numerics-check: setup ## build for other instruction sets and test that they give the same bits (minutes)
	@sh Scripts/numerics-check.sh $(SWIFT)

asm-check: build ## look at the generated code of the register tile: nothing spilled, nothing scalar
	@sh Scripts/asm-check.sh $(NORMLAB)

lint: ## check the format of the sources
	@$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests

format: ## format the sources
	@$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests

clean: ## remove what was built (results and data stay)
	@rm -rf .build
