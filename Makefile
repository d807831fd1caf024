# What a developer runs. `make help` lists it.

# What `make demo` runs: an executable product of the Examples package, and its arguments.
DEMO ?= digits
DEMO_ARGUMENTS ?=
# Arguments for the test runner, such as TEST_ARGUMENTS='--filter Primitive'.
TEST_ARGUMENTS ?=
# Python with the packages that Tests/Golden/PROVENANCE.md lists.
PYTHON ?= python3

# What is formatted: those of these that exist.
SWIFT_CODE := $(wildcard Package.swift Sources Tests Benchmarks Examples)

.DEFAULT_GOAL := help
.PHONY: help demo test test-release test-openblas test-sanitized check-allocations check lint \
  check-structure check-diagnostics check-onednn-3 \
  format bench golden golden-check docs dependencies clean

help:  ## Print this list
	@sed -nE 's/^([a-z0-9-]+):.*  ## (.*)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 26

# The build's own messages go to stderr, so that stdout is the demo's alone.
demo: dependencies  ## Train a network on the digits that ship with the package
	@swift build -c release --package-path Examples --product $(DEMO) >&2
	@swift run -c release --skip-build --package-path Examples $(DEMO) $(DEMO_ARGUMENTS)

test: dependencies  ## Run every test (debug build)
	swift test --parallel $(TEST_ARGUMENTS)

test-release: dependencies  ## Run every test (release build)
	swift test --parallel -c release $(TEST_ARGUMENTS)

test-openblas: dependencies  ## Run every test without oneDNN
	swift test --parallel --disable-default-traits --scratch-path .build-openblas $(TEST_ARGUMENTS)

test-sanitized: dependencies  ## Run every test under the address and thread sanitizers
	Scripts/test-sanitized address thread

check-allocations: dependencies  ## Count a training step's allocations, and watch memory
	Scripts/check-allocations

check: lint check-structure test check-diagnostics  ## Run what CI runs: lint, structure, tests

lint:  ## Report code that is not formatted or breaks a rule
	swift format lint --strict --parallel --recursive $(SWIFT_CODE)

check-structure:  ## Compare the layout and the targets with what is written down
	Scripts/check-layout
	Scripts/check-architecture
	Scripts/check-readme
	Scripts/check-conformance

check-diagnostics:  ## Compile formulas with mistakes: are they rejected where they are, at once?
	Scripts/check-diagnostics

check-onednn-3:  ## Compile the code around oneDNN against headers of its version 3
	Scripts/check-onednn-3

format:  ## Format all Swift code in place
	swift format --in-place --parallel --recursive $(SWIFT_CODE)

bench: dependencies  ## Measure the workloads and print the table
	Benchmarks/run

golden:  ## Make the golden test data again (needs Python)
	$(PYTHON) Tests/Golden/make_golden.py

golden-check:  ## Recompute the golden test data with plain loops (needs Python)
	$(PYTHON) Tests/Golden/make_golden.py --check

docs: dependencies  ## Build the reference documentation into .build/documentation
	Scripts/make-docs

clean:  ## Remove everything that was built
	rm -rf .build .build-openblas Examples/.build Benchmarks/.build

dependencies:
	@Scripts/install-dependencies
