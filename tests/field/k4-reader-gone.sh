#!/usr/bin/env bash
# Every pager and `| head`: the reader of a plan goes before it has read everything
# Right: no word of it, and the exit code that the mode has anyway
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
{
	printf 'version: 1\nbuilders:\n'
	for i in $(seq 600); do printf '  r%s: {driver: remote, bootstrap: false, endpoint: "tcp://127.0.0.1:%s"}\n' "$i" $((20000 + i)); done
} >state.yaml
"$reconcile" --plan --no-probe -f state.yaml 2>said | head -n 1 >out
code=${PIPESTATUS[0]}
[[ $code == 0 ]] || wrong "exit $code: $(<said)"
lacks 'pipe|stdout' said
"$reconcile" --plan --detailed-exitcode --no-probe -f state.yaml 2>said | head -n 1 >out
code=${PIPESTATUS[0]}
[[ $code == 2 ]] || wrong "exit $code of a plan with differences: $(<said)"
