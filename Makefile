# The targets of this project. `make` lists them.

GOLANGCI_LINT = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

ACTIONLINT = github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

# The oldest and the newest supported Go: the version in go.mod and the latest
# release.
OLDEST_GO = go$(shell sed -n 's/^go //p' go.mod)
NEWEST_GO = go1.27.3

# Folder of published specs, with a folder for each version.
UPSTREAM ?= ../shared/upstream

# Values of the command line are data: make does not expand them, and a recipe
# reads them from its environment, so that no shell runs them as code.
DATA = VERSION FROM BASE HEAD UPSTREAM REPO
$(foreach name,$(DATA),$(eval override $(name) := $$(value $(name))))
export $(DATA)

# The race detector needs cgo and a C compiler. It does not watch SQLite, which is
# translated from C and makes tests of the emulator twice as slow.
RACE := $(shell test "$$(go env CGO_ENABLED)" = 1 && command -v "$$(go env CC)" >/dev/null && echo -race)
RACE := $(if $(RACE),-race -gcflags='modernc.org/...=-race=false -d=checkptr=0')

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1	\2/' | expand -t 20

.PHONY: generate
generate: ## compile the specs into the clients, and bring the tables of openapi/README.md up to date
	rm -rf gen
	go generate ./...
	@go test -count 1 ./openapi/internal/tables -update >/dev/null

.PHONY: import
import: ## import a version of the API: VERSION=2026-10 FROM=folder of its published specs, or REPOSITORY:PATH
	@go run ./openapi/importer -version "$$VERSION" -from "$$FROM"

.PHONY: demo
demo: generate ## compile the specs, then run the quickstart against a local service
	cd examples && go run ./quickstart

.PHONY: test
test: ## run all tests
	go vet ./...
	go test ./...
	cd examples && go vet ./... && go test ./...

.PHONY: race
race: ## run the tests of concurrent packages under the race detector
	go test $(RACE) ./auth/... ./internal/rest/... ./internal/sse/... ./internal/upload/... ./internal/testing/apitest/... ./gen/...
	cd examples && go test $(RACE) ./...

# The loops end with the recipe, also when that is killed.
.PHONY: stress
stress: ## run all tests three times while four busy loops take the processors
	@trap 'kill $$loops' EXIT; trap 'exit 1' HUP INT TERM; \
	for loop in 1 2 3 4; do sh -c 'while kill -0 "$$0" 2>/dev/null; do :; done' $$$$ & loops="$$loops $$!"; done; \
	go test -count 3 -timeout 30m ./... && cd examples && go test -count 3 -timeout 30m ./...

.PHONY: test-versions
test-versions: ## run the library's tests with the oldest and the newest supported Go
	set -e; for version in $(OLDEST_GO) $(NEWEST_GO); do echo "with $$version"; \
		GOTOOLCHAIN=$$version go vet ./auth/... ./internal/... ./gen/...; \
		GOTOOLCHAIN=$$version go test ./auth/... ./internal/... ./gen/...; done

.PHONY: browser
browser: ## test the web example in headless Chromium
	@for name in chromium chromium-browser google-chrome; do command -v $$name && exit; done; \
	if command -v apt-get && [ "$$(id -u)" = 0 ]; then apt-get update && apt-get install -y chromium; \
	else echo "browser: Chromium is not installed; installing it needs root and apt-get"; exit 1; fi
	cd examples && go vet -tags browser ./web && go test $(RACE) -tags browser -count 1 -run Browser ./web

.PHONY: interop
interop: ## test the local service with curl, OpenAI's clients and Pinecone's TypeScript SDK (needs node 20 and npm)
	cd examples/emulator/interop && go test -count 1 ./...
	@for name in node npm; do command -v $$name >/dev/null || { echo "interop: $$name is not installed: NOT RUN" >&2; exit 1; }; done
	cd examples/emulator/interop/node && npm ci --ignore-scripts --silent
	cd examples/emulator/interop && go vet -tags interop ./... && go test -tags interop -count 1 -v -run Node ./...

.PHONY: contract
contract: ## check the facts about the service against the emulator, or against Pinecone with PINECONE_API_KEY
	cd examples && go run ./contract

.PHONY: lint
lint: ## run the linter
	go run $(GOLANGCI_LINT) run ./...
	cd examples && go run $(GOLANGCI_LINT) run --build-tags browser,soak ./...
	cd examples/emulator/interop && go run $(GOLANGCI_LINT) run --build-tags interop ./...
	cd internal/testing/bench && go generate ./stock && go vet ./...
	go run $(ACTIONLINT) -shellcheck= -pyflakes=

# The packages that run in a user's program.
COVERED = ./auth,./internal/apierror,./internal/jsonscan,./internal/jsonwrite,./internal/redact,./internal/rest,./internal/sse,./internal/upload

.PHONY: cover
cover: ## fail if less than 90 % of the code that runs in a user's program is covered
	go test -coverpkg=$(COVERED) -coverprofile=coverage.out ./auth ./internal/apierror ./internal/jsonscan ./internal/jsonwrite \
		./internal/redact ./internal/rest ./internal/sse ./internal/upload
	@go tool cover -func=coverage.out | awk '{ print } /^total:/ { if ($$3 + 0 < 90) { print "coverage is below 90 %"; exit 1 } }' | tail -n 2

.PHONY: bench
bench: ## compare with other clients under each supported Go, and write internal/testing/bench/RESULTS.md
	cd internal/testing/bench && go generate ./stock && go run ./report -o RESULTS.md

.PHONY: drift
drift: ## fail if generating again changes a file
	openapi/drift.sh

.PHONY: conformance
conformance: ## compare the specs with the published specs in UPSTREAM
	go test -tags conformance -run Conformance ./openapi/importer
	@if [ -d "$$UPSTREAM" ]; then openapi/conformance.sh "$$UPSTREAM"; \
	else echo "conformance: no published specs at $$UPSTREAM: NOT CHECKED"; fi

.PHONY: upstream
upstream: ## list the published versions that are new or changed: REPO=clone or git directory of pinecone-io/pinecone-api
	@go run ./openapi/importer -upstream "$$REPO"

.PHONY: review
review: ## report the changes since revision BASE, up to HEAD if given; or from one openapi/VERSION to another
	@go run ./openapi/review -base "$$BASE" $(if $(HEAD),-head "$$HEAD")

.PHONY: review-check
review-check: ## like review; fail if the changelog's topmost entry does not name every breaking change
	@go run ./openapi/review -base "$$BASE" $(if $(HEAD),-head "$$HEAD") -changelog .github/CHANGELOG.md

.PHONY: review-oasdiff
review-oasdiff: ## compare the recorded output of oasdiff in the tests of review with oasdiff itself
	go test -tags oasdiff ./openapi/review

.PHONY: review-commit
review-commit: ## like review, for the last commit
	@if git rev-parse --quiet --verify 'HEAD~1^{commit}' >/dev/null; then go run ./openapi/review -base HEAD~1; \
	else echo "review: the parent commit is missing (first commit, or a shallow clone): NOT REVIEWED"; fi

.PHONY: reports
reports: ## write the reports from each version of the API to the next, openapi/reports
	go run ./openapi/review -reports openapi/reports

.PHONY: release-check
release-check: ## test the release VERSION of this commit as a consumer gets it
	.github/release-check.sh "$$VERSION"

.PHONY: cross
cross: ## build for macOS and Windows
	GOOS=darwin GOARCH=arm64 go build ./...
	GOOS=windows GOARCH=amd64 go build ./...
	cd examples && GOOS=darwin GOARCH=arm64 go build ./... && GOOS=windows GOARCH=amd64 go build ./...

.PHONY: tidy
tidy: ## fail if go.mod or go.sum are not tidy
	go mod tidy -diff
	cd examples && go mod tidy -diff
	cd examples/emulator/interop && go mod tidy -diff
	cd internal/testing/bench && go generate ./stock && go mod tidy -diff

.PHONY: attack
attack: ## upload harmful files to the local service, and fail if it uses more than 600 MiB of memory (the full-disk test needs root on Linux)
	cd examples && go run ./emulator/attack

.PHONY: crash
crash: ## kill the local service 50 times while clients upload and delete, and check that it keeps everything it acknowledged
	cd examples && go run ./emulator/crash

.PHONY: growth
growth: ## measure the local service with 100, 1,000 and 10,000 files in an assistant
	cd examples && go run ./emulator/growth

.PHONY: load
load: ## run 64 clients against the local service for a minute
	cd examples && go run ./emulator/load

.PHONY: soak
soak: attack crash growth load ## run all stress tests of the local service; each takes minutes

.PHONY: soak-check
soak-check: ## test that crash and load find what is wrong with the local service, in seconds
	cd examples && go vet -tags soak ./emulator/... && go test $(RACE) -tags soak -count 1 ./emulator/crash ./emulator/load

.PHONY: ci
ci: tidy drift reports test race test-versions contract soak-check browser interop lint cover cross conformance demo review-oasdiff review-commit ## run all checks that a change must pass
	git diff --exit-code
