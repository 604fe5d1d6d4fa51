#!/usr/bin/env bash
# `--show` told the plan and not what became of it; the commits of the history were ids in plain git log
# Right: outcome, who, where, for how long and the commit that asked; git log reads as the plan and its outcome
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
git init -q repo && cd repo || exit 99
git config user.email a@b.c && git config user.name a
printf 'version: 1\nbuilders: {a: {driver: remote, endpoint: "tcp://127.0.0.1:1", bootstrap: false}}\n' >state.yaml
git add . && git commit -qm 'A builder'
commit=$(git rev-parse HEAD)
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
run --show
has '  begun at 2.* by .* on .*, took [0-9]+ s$' out
has "  state files as of commit $commit\$" out
has '  ✓ builder\.a created \([0-9.]+ s\)$' out
git --git-dir "$RECONCILE_HISTORY" log -1 --format=%B main >message
[[ $(head -n 3 message) == "apply: create a"*"Apply complete: 1 created. Verified by observing again." ]] || wrong "$(<message)"
has '^\+ .*driver  +remote|  \+ builder\.a$' message
[[ $(git --git-dir "$RECONCILE_HISTORY" log -1 --format='%(trailers:key=State-Commit,valueonly)' main) == "$commit" ]] || wrong "$(<message)"
[[ $(git --git-dir "$RECONCILE_HISTORY" log -1 --format='%(trailers:key=Status,valueonly)' main) == applied ]] || wrong "$(<message)"
# What fails says so afterwards as well.
printf 'version: 1\nbuilders: {b: {driver: remote, endpoint: "tcp://127.0.0.1:1"}}\n' >bad.yaml
run --apply --yes -f bad.yaml
[[ $code == 7 ]] || wrong "exit $code: $(<out)"
run --history --format json
has '"seconds"' out
run --show HEAD~1
has '  ✗ builder\.b not created \([0-9.]+ s\): .*does not answer' out
