#!/usr/bin/env bash
# reconcile --import default: the docker driver's builder has no nodes that a state file could say
# Right: what is imported can be validated
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
"$reconcile" --import --no-probe default >state.yaml 2>said
"$reconcile" --validate -f state.yaml >out 2>&1 || wrong "$(<out)"
