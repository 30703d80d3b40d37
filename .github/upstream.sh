#!/bin/sh
# Opens a pull request when published versions are new or have changed, with the
# report as its text. What it changes is .github/upstream.md, the report that was
# merged last: a report that says the same opens none. One that is open is brought
# up to date.
#
# usage: .github/upstream.sh CLONE
#
# CLONE is one of pinecone-io/pinecone-api. GH_TOKEN may push and open requests.
set -eu
report=.github/upstream.md branch=upstream title="Published versions of the Assistant API"

make -s upstream REPO="$1" >"$report.new"
mv "$report.new" "$report"
cat "$report" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
if ! git ls-files --error-unmatch "$report" >/dev/null 2>&1 && ! grep -qE '^## .* (is new|has changed)$' "$report"; then
	echo "nothing is new, and nothing has changed"
	exit
fi
git add --intent-to-add "$report"
# The revision alone is no news.
if git diff --quiet --ignore-matching-lines='^Revision ' -- "$report"; then
	echo "the report says what $report said before"
	exit
fi
base=$(git rev-parse --abbrev-ref HEAD)
git switch --quiet --force-create "$branch"
git -c user.name="github-actions[bot]" -c user.email="41898282+github-actions[bot]@users.noreply.github.com" \
	commit --quiet --message "upstream: the report of $(date -u +%Y-%m-%d)" -- "$report"
git push --quiet --force origin "$branch"
number=$(gh pr list --head "$branch" --state open --json number --jq '.[0].number // empty')
if [ -n "$number" ]; then
	gh pr edit "$number" --body-file "$report"
else
	gh pr create --base "$base" --head "$branch" --title "$title" --body-file "$report"
fi
