# What there is to run. `make` alone lists it.

GOLANGCI_LINT = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# Folder of published specs, with a folder for each version.
UPSTREAM ?= ../shared/upstream

# The race detector needs cgo and a C compiler.
RACE := $(shell test "$$(go env CGO_ENABLED)" = 1 && command -v "$$(go env CC)" >/dev/null && echo -race)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1	\2/' | expand -t 20

.PHONY: generate
generate: ## compile the specs into the clients
	rm -rf gen
	go generate ./...
	cd examples && go generate ./...

.PHONY: demo
demo: generate ## compile the specs, then run the quickstart against a local service
	cd examples && go run ./quickstart

.PHONY: test
test: ## run all tests
	go vet ./...
	go test $(RACE) ./...
	cd examples && go vet ./... && go test $(RACE) ./...

.PHONY: browser
browser: ## drive the web example in headless Chromium
	@for name in chromium chromium-browser google-chrome; do command -v $$name && exit; done; \
	if command -v apt-get && [ "$$(id -u)" = 0 ]; then apt-get update && apt-get install -y chromium; \
	else echo "browser: there is no Chromium here, and it takes root and apt-get to install it"; exit 1; fi
	cd examples && go vet -tags browser ./web && go test $(RACE) -tags browser -count 1 -run Browser ./web

.PHONY: lint
lint: ## run the linter
	go run $(GOLANGCI_LINT) run ./...
	cd examples && go run $(GOLANGCI_LINT) run --build-tags browser ./...
	cd internal/bench && go vet ./...

.PHONY: cover
cover: ## hold the coverage of the hand-written packages against 90 %
	go test -coverpkg=./auth,./internal/... -coverprofile=coverage.out ./auth ./internal/...
	@go tool cover -func=coverage.out | awk '{ print } /^total:/ { if ($$3 + 0 < 90) { print "coverage is below 90 %"; exit 1 } }' | tail -n 2

.PHONY: bench
bench: ## compare with other clients, in one run, and write internal/bench/RESULTS.md
	cd internal/bench && go run ./report -o RESULTS.md

.PHONY: drift
drift: ## fail when generating again changes anything
	openapi/drift.sh

.PHONY: conformance
conformance: ## hold the specs against the published ones in UPSTREAM
	go test -tags conformance -run Conformance ./openapi/importer
	@if [ -d "$(UPSTREAM)" ]; then openapi/conformance.sh "$(UPSTREAM)"; \
	else echo "conformance: no published specs at $(UPSTREAM): NOT CHECKED"; fi

.PHONY: cross
cross: ## build for the other systems
	GOOS=darwin GOARCH=arm64 go build ./...
	GOOS=windows GOARCH=amd64 go build ./...
	cd examples && GOOS=darwin GOARCH=arm64 go build ./... && GOOS=windows GOARCH=amd64 go build ./...

.PHONY: tidy
tidy: ## fail when go.mod or go.sum are not tidy
	go mod tidy -diff
	cd examples && go mod tidy -diff
	cd internal/bench && go mod tidy -diff

.PHONY: ci
ci: tidy drift test browser lint cover cross conformance demo ## everything that must hold before a change lands
	git diff --exit-code
