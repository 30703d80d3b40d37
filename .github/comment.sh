#!/bin/sh
# Writes a report to the summary of a GitHub Actions job, and to a comment on
# the pull request, which it updates if the comment exists. The token of a pull
# request from a fork may not comment; then the script writes only the summary
# and does not fail.
#
# usage: .github/comment.sh REPORT
#
# REPOSITORY (owner/name), PULL_REQUEST (number) and GH_TOKEN select the pull
# request.
set -eu
report=$1
marker='<!-- review -->'
most=60000 # a comment has at most 65536 characters

cat "$report" >>"$GITHUB_STEP_SUMMARY"

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
body=$temporary/body errors=$temporary/errors
{
	echo "$marker"
	if [ "$(wc -c <"$report")" -le "$most" ]; then
		cat "$report"
	else
		sed '/^## /,$d' "$report"
		echo "The report is too long for a comment: see the summary of the job."
	fi
} >"$body"

comments=repos/$REPOSITORY/issues
gh api --paginate "$comments/$PULL_REQUEST/comments" \
	--jq ".[] | select(.user.login == \"github-actions[bot]\" and (.body | startswith(\"$marker\"))) | .id" >"$temporary/found"
found=$(head -n 1 "$temporary/found")
if [ -n "$found" ]; then
	set -- --method PATCH "$comments/comments/$found"
else
	set -- --method POST "$comments/$PULL_REQUEST/comments"
fi
if ! gh api --silent "$@" --field "body=@$body" 2>"$errors"; then
	cat "$errors" >&2
	grep -q 'HTTP 403' "$errors" || exit 1
	echo "This token may not comment: the report is in the summary of the job."
fi
