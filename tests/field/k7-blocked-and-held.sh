#!/usr/bin/env bash
# A plan that an apply refuses, for a hold or for protection, read like any other and ended with 0
# Right: the last line says "Blocked", a hold says who rolled back and when, and --detailed-exitcode is 5
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
one='driver: remote, endpoint: "tcp://127.0.0.1:1", bootstrap: false'
printf 'version: 1\nbuilders: {a: {%s}, b: {%s}}\n' "$one" "$one" >state.yaml
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
printf 'version: 1\nunmanaged: remove\nbuilders: {}\n' >empty.yaml
run --plan -q --max-remove 1 --detailed-exitcode -f empty.yaml
[[ $code == 5 ]] || wrong "blocked: exit $code: $(<out)"
[[ $(tail -n 1 out) == *"2 to remove. Blocked: the plan removes 2 objects and --max-remove allows 1." ]] || wrong "$(<out)"
printf 'version: 1\nunmanaged: remove\nbuilders: {a: {%s}}\n' "$one" >fewer.yaml
run --plan -q --max-remove 0 -f fewer.yaml
[[ $(tail -n 1 out) == *"the plan removes 1 object and --max-remove allows 0." ]] || wrong "$(<out)"
run --plan --max-remove 1 -f empty.yaml
has 'remote, node a0 at tcp://127.0.0.1:1; its file is kept in the record' out
run --rollback --yes
[[ $code == 0 ]] || wrong "rollback: exit $code: $(<out)"
for mode in --plan --check; do
	run "$mode" -f state.yaml
	has '^Held: this state was rolled back at 2.* by .* on .* \([0-9a-f]{7}\); --apply refuses it' out
done
run --status -f state.yaml
has '^Held: this state was rolled back at 2' out
run --status -f state.yaml --format markdown
has '^\*\*Held\*\*: this state was rolled back at' out
run --status -f state.yaml --format json
[[ $(jq -r .held out) == 'this state was rolled back at '*'--override-hold' ]] || wrong "$(<out)"
run --plan --detailed-exitcode -f state.yaml
[[ $code == 5 ]] || wrong "held: exit $code: $(<out)"
run --apply --yes -f state.yaml
[[ $code == 5 ]] || wrong "apply: exit $code: $(<out)"
has 'was rolled back at 2.* by .*--override-hold' out
run --apply --yes -f state.yaml --override-hold
[[ $code == 0 ]] || wrong "override: exit $code: $(<out)"
run --plan -f state.yaml
lacks '^Held' out
run --status -f state.yaml --format json
[[ $(jq .held out) == null ]] || wrong "$(<out)"
# Of two rollbacks, the one that undid this state is told, not the one that undid that.
run --rollback --yes
run --history
first=$(awk 'NR == 1 { print $2 }' out)
run --rollback --yes
[[ $code == 0 ]] || wrong "rollback: exit $code: $(<out)"
run --plan -f state.yaml
has "^Held: .* \\($first\\);" out
