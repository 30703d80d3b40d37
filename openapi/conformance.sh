#!/bin/sh
# Compares the specs of this project with the published ones: it imports each
# version anew, and oasdiff compares the result with the committed specs, apart
# from descriptions, titles and examples. It fails on any difference.
#
# usage: openapi/conformance.sh PUBLISHED [SPECS]
#
# Both are folders with a folder for each version. SPECS is openapi by default.
# Versions that PUBLISHED does not have are named and skipped.
set -eu
oasdiff=github.com/oasdiff/oasdiff@v1.35.0

published=$1
specs=${2:-openapi}
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

checked=0 failed=0
for folder in "$specs"/20*/; do
	version=$(basename "$folder")
	if [ ! -d "$published/$version" ]; then
		echo "$version: not in $published, not checked"
		continue
	fi
	checked=$((checked + 1))
	go run ./openapi/importer -version "$version" -from "$published/$version" -to "$temporary/$version" -prose "$specs"
	for file in "$temporary/$version"/*.yaml; do
		plane=$(basename "$file" .yaml)
		if go run "$oasdiff" diff "$file" "$folder$plane.yaml" \
			--exclude-elements description,summary,title,examples --fail-on-diff; then
			echo "$version/$plane: same facts as the published spec"
		else
			echo "$version/$plane: differs from the published spec, see above"
			failed=1
		fi
	done
done
if [ "$checked" = 0 ]; then
	echo "$published has none of the versions in $specs" >&2
	exit 1
fi
exit "$failed"
