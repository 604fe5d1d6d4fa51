#!/usr/bin/env bash
# Plans, with annotations in the log and the plan in the job's summary; says in outputs how that ended, and where the
# text of a comment is. It fails for a wrong input alone: what follows from the plan is verdict.sh's.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
	echo "::error title=reconcile::$*"
	exit 64
}
fetch() { # commit: the way the checkout left, else with the token, which stands in no command line
	local quiet=(git fetch --quiet --no-tags --depth=1 origin "$1")
	GIT_TERMINAL_PROMPT=0 "${quiet[@]}" 2>/dev/null && return
	[[ -n ${TOKEN:-} ]] || return
	GIT_TERMINAL_PROMPT=0 GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraheader \
		GIT_CONFIG_VALUE_0="Authorization: basic $(printf 'x-access-token:%s' "$TOKEN" | base64 -w 0)" "${quiet[@]}"
}
# What the pull request goes into. Checked out is most often GitHub's merge of both, one commit deep: its first parent is
# the very commit that it was merged into, which base.sha, as old as the event, may not be.
base() {
	local head wanted parents=()
	head=$(jq -r '.pull_request.head.sha // ""' "$GITHUB_EVENT_PATH")
	wanted=$(jq -r '.pull_request.base.sha // ""' "$GITHUB_EVENT_PATH")
	[[ $wanted =~ ^[0-9a-f]{40,64}$ ]] || fail "the input against is base, and this is no pull request: name a revision"
	mapfile -t parents < <(git cat-file commit HEAD | sed -n '/^$/q; s/^parent //p')
	[[ ${#parents[@]} -ne 2 || ${parents[1]} != "$head" ]] || wanted=${parents[0]}
	git cat-file -e "$wanted^{commit}" 2>/dev/null || fetch "$wanted" ||
		fail "the commit that the pull request goes into cannot be fetched: give actions/checkout fetch-depth: 2"
	# From where both parted, as far back as the clone knows; else the two as they are.
	if [[ $wanted != "${parents[0]:-}" ]] && git merge-base HEAD "$wanted" >/dev/null 2>&1; then echo "$wanted"; else echo "$wanted.."; fi
}

[[ ${FAIL_ON:-} =~ ^(never|error|destroy|changes)$ ]] || fail "the input fail-on is \"${FAIL_ON:-}\": never, error, destroy or changes"
report=$(mktemp -d "${RUNNER_TEMP:-/tmp}/reconcile-XXXXXX")/comment.md
options=(--plan --detailed-exitcode --format=github "--markdown-into=$report")
[[ ${UNTRUSTED:-true} == false ]] || options+=(--untrusted)
against=${AGAINST:-}
[[ $against != base ]] || against=$(base) || { echo "$against"; exit 64; }
[[ -z $against ]] || options+=("--against=$against")
while IFS= read -r snapshot; do
	[[ -z $snapshot ]] || options+=("--live=$snapshot")
done <<<"${LIVE:-}"

code=0
"$here/../run.sh" "${options[@]}" || code=$?
{
	echo "code=$code"
	[[ ! -s $report ]] || echo "report=$report"
} >>"$GITHUB_OUTPUT"
