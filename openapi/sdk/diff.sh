#!/bin/sh
# Prints where the specs of a version differ from a release of Pinecone's
# TypeScript SDK that sends it, and where that release differs from an earlier
# one. The package is fetched with npm, into a temporary folder.
#
# usage: openapi/sdk/diff.sh SPECS RELEASE EARLIER
set -eu
package=@pinecone-database/pinecone
generated=package/dist/pinecone-generated-ts-fetch

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
for release in "$2" "$3"; do
	mkdir "$temporary/$release"
	(
		cd "$temporary/$release"
		npm pack --silent "$package@$release" >/dev/null
		tar -xzf ./*.tgz
		sed -n "s/^exports.*'\(20..-..\)';/sends \1/p" "$generated"/assistant_*/api_version.js
	)
done
echo "$1 and $2:"
go run ./openapi/sdk -spec "$1" "$temporary/$2/$generated"
echo "$3 and $2:"
go run ./openapi/sdk -with "$temporary/$3/$generated" "$temporary/$2/$generated"
