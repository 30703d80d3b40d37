#!/bin/sh
# Opens a pull request if published versions are new or have changed. The text
# of the pull request is the report. The pull request changes
# .github/upstream.md, the report that was merged last, so that an unchanged
# report opens no pull request. An open pull request is updated.
#
# usage: .github/upstream.sh CLONE
#
# CLONE is a clone of pinecone-io/pinecone-api. GH_TOKEN must allow pushing and
# opening pull requests.
set -eu
report=.github/upstream.md branch=upstream title="Published versions of the Assistant API"

make -s upstream REPO="$1" >"$report.new"
mv "$report.new" "$report"
cat "$report" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
if ! git ls-files --error-unmatch "$report" >/dev/null 2>&1 && ! grep -qE '^## .* (is new|has changed)$' "$report"; then
	echo "no new or changed versions"
	exit
fi
git add --intent-to-add "$report"
# A new revision alone is no change.
if git diff --quiet --ignore-matching-lines='^Revision ' -- "$report"; then
	echo "the report is the same as $report"
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
