#!/bin/sh
# Holds the specs of this project against the published ones: each version is
# imported anew, and oasdiff compares what comes out with what is committed,
# descriptions, titles and examples aside. It fails on any other difference.
#
# usage: openapi/conformance.sh PUBLISHED [SPECS]
#
# Both are folders with a folder for each version; SPECS is openapi by default.
# Versions that are not published there are named and passed over.
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
			echo "$version/$plane: as published"
		else
			echo "$version/$plane: differs from what is published, see above"
			failed=1
		fi
	done
done
if [ "$checked" = 0 ]; then
	echo "$published has none of the versions in $specs" >&2
	exit 1
fi
exit "$failed"
