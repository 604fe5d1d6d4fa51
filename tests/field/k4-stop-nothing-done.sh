#!/usr/bin/env bash
# --on-failure stop (or continue), and the first thing that is done fails: exit 6, "partly applied", though nothing was
# Right: the failure's own exit code, and that nothing was changed
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
state <<<"{version: 1, builders: {$B: {}}}"
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "cannot start: $(<out)"
state <<<"{version: 1, builders: {$B: {driver-opts: {image: '127.0.0.1:1/not/there:1'}}}}"
for how in rollback stop continue; do
	run --apply --yes --on-failure "$how" -f state.yaml
	[[ $code == 1 ]] || wrong "$how: exit $code: $(<out)"
	has 'Nothing was changed' out
done
