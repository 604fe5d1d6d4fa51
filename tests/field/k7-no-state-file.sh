#!/usr/bin/env bash
# Where there is no state file the doctor said "run `reconcile --apply`", and that ended in exit 65
# Right: what lives here is repaired, reset and shown; where nothing is to be repaired it is said what to begin with
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
instance good remote '{"Name":"good0","Endpoint":"tcp://127.0.0.1:1"}'
printf '{"Name":"cut","Driver":"dock' >"$BUILDX_CONFIG/instances/cut"
mkdir states
echo >states/team.yaml
run --doctor
has '^Next: reconcile --apply$' out
run --plan
[[ $code == 65 ]] || wrong "plan: exit $code"
has 'states/ holds team\.yaml: +reconcile --plan -f states$' out
has '2 builders live here: +reconcile --import' out
has 'reconcile --doctor$' out
sed -n "s/.*\(echo '.*\)/\1/p" out >begin
run --status
[[ $code == 0 ]] || wrong "status: exit $code: $(<out)"
has 'good' out
run --apply --yes
[[ $code == 0 && ! -e $BUILDX_CONFIG/instances/cut && -e $BUILDX_CONFIG/instances/good ]] || wrong "apply: exit $code: $(<out)"
has 'moved into the record \(28 bytes\): `reconcile --rollback` brings it back' out
run --apply --yes # nothing to repair: somebody stands in the wrong folder
[[ $code == 65 ]] || wrong "nothing to repair: exit $code: $(<out)"
run --reset nobody --yes
[[ $code == 64 ]] || wrong "reset: exit $code: $(<out)"
run --rollback --yes
[[ $code == 0 && -e $BUILDX_CONFIG/instances/cut ]] || wrong "rollback: exit $code: $(<out)"
sh begin || wrong "what to begin with: $(<begin)"
run --validate
[[ $code == 0 ]] || wrong "what to begin with is invalid: $(<out)"
