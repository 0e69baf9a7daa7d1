# Every task of the project; the work is in scripts/ and Benchmarks/.
.DEFAULT_GOAL := help
.PHONY: help demo demo-fleet demo-voice test bench bench-voice check build release fuzz clean

release_flags := --configuration release --static-swift-stdlib
FUZZ_SECONDS ?= 60

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

demo: ## test and load the worked example, from a fresh clone to an HTML report
	@scripts/demo

demo-voice: ## call the voice bot as tests and as load, from a fresh clone to a Markdown report
	@scripts/demo-voice

demo-fleet: ## hold two services to their contracts, then twenty workers to one UI, from a fresh clone
	@scripts/demo-fleet

test: ## unit and integration tests, then the program end to end
	@scripts/test
	@echo "make test: everything passed"

bench: ## compare with wrk, h2load, hey, k6 and locust against nginx (minutes; wants a quiet machine)
	@scripts/setup --with bench
	@scripts/build "assay (release)" $(release_flags) --product assay
	@scripts/build "schema-bench (release)" $(release_flags) --product schema-bench
	@Benchmarks/run

bench-voice: ## voice calls at once on one core, next to Python's asyncio and SIPp (minutes; wants a quiet machine)
	@scripts/setup --with bench
	@scripts/build "assay (release)" $(release_flags) --product assay
	@Benchmarks/voice

check: ## format, imports, house rules, links, tests
	@scripts/check

build: ## debug build of every product
	@scripts/setup --only build
	@scripts/build "all products"

release: ## optimised binary without a Swift runtime to install: .build/release/assay
	@scripts/setup --only build
	@scripts/build "assay (release)" $(release_flags) --product assay
	@scripts/build "its preloaded network filter" $(release_flags) --product assay-preload
	@ls -lh .build/release/assay | awk '{ print $$9 "  " $$5 }'

fuzz: ## fuzz the parsers for FUZZ_SECONDS (60)
	@scripts/setup --only build
	@scripts/build "assay-fuzz (release)" $(release_flags) --product assay-fuzz
	@.build/release/assay-fuzz --seconds $(FUZZ_SECONDS)

clean: ## remove builds and the runs of examples
	@swift package clean
	@rm -rf .build .assay Examples/*/.assay
