#!/usr/bin/env bash
# "To go on" of a saved plan that failed lacked the -f of its state files: exit 65, no state file here
# Right: the command that is printed goes on, from any plan
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
mkdir states
printf 'version: 1\nbuilders: {a: {driver: remote, endpoint: "tcp://127.0.0.1:1"}}\n' >states/team.yaml
run --plan -f states/team.yaml -o plan.json
[[ $code == 0 ]] || wrong "plan: exit $code: $(<out)"
run --apply --yes --timeout 1 --boot-timeout 1 plan.json
[[ $code == 7 ]] || wrong "exit $code: $(<out)"
has '^To go on: reconcile --apply --yes .*-f states/team\.yaml$' out
sed -i 's/"}}/", bootstrap: false}}/' states/team.yaml
read -ra again < <(sed -n 's/^To go on: reconcile //p' out)
run "${again[@]}"
[[ $code == 0 ]] || wrong "going on: exit $code: $(<out)"
