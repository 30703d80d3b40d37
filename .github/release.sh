#!/bin/sh
# Makes the commit and the tags of a release from the last commit of a clean
# tree. In the new commit, examples/go.mod requires the released library and has
# no replacement, so that `go run .../examples/emulator@vX.Y.Z` works without a
# clone. The branch keeps the replacement. The script pushes nothing.
#
# usage: .github/release.sh vX.Y.Z
set -eu
version=${1:-}
module=github.com/pinecone-community/assistant-go

fail() {
	echo "release: $*" >&2
	exit 1
}
echo "$version" | grep -qE '^v(0|1)\.[0-9]+\.[0-9]+$' ||
	fail "VERSION is \"$version\", want v0.X.Y or v1.X.Y (since v2 the module needs another path)"
cd "$(git rev-parse --show-toplevel)"
for tag in "$version" "examples/$version"; do
	if git rev-parse --quiet --verify "refs/tags/$tag" >/dev/null; then fail "the tag $tag already exists"; fi
done
grep -qE "^## $version\$" .github/CHANGELOG.md || fail ".github/CHANGELOG.md has no entry \"## $version\""
[ -z "$(git status --porcelain)" ] || fail "the tree has uncommitted changes"

temporary=$(mktemp -d)
trap 'chmod -R u+w "$temporary"; rm -rf "$temporary"' EXIT

# The library's module as the go command makes it from the tag, for its
# checksum. It does not depend on the examples.
git clone --quiet --bare --no-hardlinks . "$temporary/bare"
git -C "$temporary/bare" tag "$version" "$(git rev-parse HEAD)"
download() {
	mkdir -p "$temporary/nowhere"
	(
		cd "$temporary/nowhere"
		GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="url.file://$temporary/bare.insteadOf" GIT_CONFIG_VALUE_0="https://$module" \
			GOPROXY=direct GOSUMDB=off GOFLAGS=-modcacherw GOWORK=off GOMODCACHE="$temporary/$1" go mod download -json "$module@$version"
	)
}
sum=$(download before | sed -n 's/^.*"Sum": "\(.*\)".*$/\1/p')
[ -n "$sum" ] || fail "the library has no sum"

branch=$(git symbolic-ref --quiet --short HEAD || git rev-parse HEAD)
git checkout --quiet --detach
trap 'git checkout --quiet --force "$branch"; chmod -R u+w "$temporary"; rm -rf "$temporary"' EXIT
(
	cd examples
	go mod edit -dropreplace="$module" -require="$module@$version"
	# A separate cache: an unreleased module must not stay in the shared one.
	GOPROXY="file://$temporary/before/cache/download,file://$(go env GOMODCACHE)/cache/download,$(go env GOPROXY)" \
		GONOSUMDB=$module GOFLAGS="-mod=mod -modcacherw" GOWORK=off GOMODCACHE="$temporary/cache" go mod tidy
)
git commit --quiet --message "examples: require $module $version" examples/go.mod examples/go.sum
[ -z "$(git status --porcelain)" ] || fail "go mod tidy changed more than examples/go.mod and examples/go.sum: $(git status --porcelain)"

# The new commit must have the same checksum of the library.
git -C "$temporary/bare" fetch --quiet "$PWD" HEAD
git -C "$temporary/bare" tag --force "$version" FETCH_HEAD >/dev/null
after=$(download after | sed -n 's/^.*"Sum": "\(.*\)".*$/\1/p')
[ "$sum" = "$after" ] || fail "the sum of the library is $sum before the commit and $after with it"
grep -qF "$module $version $sum" examples/go.sum || fail "examples/go.sum has no sum of the library"

awk -v entry="$version" '/^## / { on = $2 == entry; next } on' .github/CHANGELOG.md | git tag -a "$version" --cleanup=whitespace -F -
git tag -a "examples/$version" -m "examples of $version"
echo "release: $version and examples/$version are tags of $(git rev-parse --short HEAD)"
