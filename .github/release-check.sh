#!/bin/sh
# Tests a release before it is tagged. It makes the release of the last commit
# in a copy of the repository and serves it with a module proxy. Two consumers
# build with the served modules: one imports the clients, the other imports the
# local service, which is in another module. Then it runs the local service
# without a clone, as users do.
#
# usage: .github/release-check.sh vX.Y.Z
#
# It leaves neither tags nor modules in the cache behind.
set -eu
version=${1:-}
module=github.com/pinecone-community/assistant-go

fail() {
	echo "release-check: $*" >&2
	exit 1
}
temporary=$(mktemp -d)
trap 'chmod -R u+w "$temporary"; rm -rf "$temporary"' EXIT
cd "$(git rev-parse --show-toplevel)"
git clone --quiet --no-hardlinks . "$temporary/copy"
cache=$(go env GOMODCACHE) proxies=$(go env GOPROXY)

cd "$temporary/copy"
git config user.name release-check
git config user.email release-check@example.com
.github/release.sh "$version"

# The go command makes the modules from the tags, as for every user. Its
# download cache has the layout of a module proxy.
mkdir "$temporary/nowhere"
(
	cd "$temporary/nowhere"
	GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="url.file://$temporary/copy.insteadOf" GIT_CONFIG_VALUE_0="https://$module" \
		GOPROXY=direct GOSUMDB=off GOFLAGS=-modcacherw GOMODCACHE="$temporary/proxy" \
		go mod download "$module@$version" "$module/examples@$version"
)
export GOPROXY="file://$temporary/proxy/cache/download,file://$cache/cache/download,$proxies"
export GOMODCACHE="$temporary/cache" GOSUMDB=off GOFLAGS="-mod=mod -modcacherw" GOWORK=off

newest=$(cd gen && printf '%s\n' 20* | tail -n 1)
# consume MODULE PACKAGE...: builds and runs the program on its standard input
# with packages of a module.
consume() {
	consumed=$1
	shift
	folder=$(mktemp -d "$temporary/consumer-XXXXXX")
	cd "$folder"
	cat >main.go
	go mod init example.com/consumer 2>/dev/null
	for package in "$@"; do go get "$package@$version"; done
	go list -m "$consumed@$version"
	go build -o consumer .
	./consumer
	list=$(go list -m -f '{{.Path}} {{.Version}} {{.Replace}}' $module)
	[ "$list" = "$module $version <nil>" ] || fail "it builds with $list"
}
consume $module $module/auth "$module/gen/$newest/control" "$module/gen/$newest/data" <<E2
package main

import (
	"fmt"

	"$module/auth"
	"$module/gen/$newest/control"
	"$module/gen/$newest/data"
)

func main() {
	editor, err := auth.APIKey("key")
	if err != nil {
		panic(err)
	}
	if _, err := control.New(control.WithRequestEditorFn(editor)); err != nil {
		panic(err)
	}
	fmt.Println("clients of", data.APIVersion)
}
E2
consume $module/examples $module/examples/emulator/emulator $module/auth "$module/gen/$newest/control" <<E2
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"$module/auth"
	"$module/examples/emulator/emulator"
	"$module/gen/$newest/control"
)

func main() {
	service, err := emulator.New(emulator.WithKey("key"))
	if err != nil {
		panic(err)
	}
	defer service.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println(r.UserAgent())
		service.ServeHTTP(w, r)
	}))
	defer server.Close()
	editor, err := auth.APIKey("key")
	if err != nil {
		panic(err)
	}
	ctl, err := control.New(control.WithBaseURL(server.URL+"/assistant"), control.WithRequestEditorFn(editor))
	if err != nil {
		panic(err)
	}
	if _, err := ctl.ListAssistants(context.Background(), nil); err != nil {
		panic(err)
	}
	fmt.Println("the local service answers")
}
E2

# Runs the local service by module path and version alone.
mkdir "$temporary/empty"
cd "$temporary/empty"
GOFLAGS=-modcacherw go run "$module/examples/emulator@$version" -help 2>&1 | grep -q '^Usage of emulator' ||
	fail "go run $module/examples/emulator@$version does not run"
echo "go run $module/examples/emulator@$version runs"
echo "release-check: $version can be tagged"
