#!/usr/bin/env bash
# JOURNEYS 17: --status was a line per builder, with "0/1" for its nodes
# Right: nodes have rows, with what runs, what it holds and when it was used; JSON has fields
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
instance here remote '{"Name":"here0","Endpoint":"tcp://127.0.0.1:1"}'
mkdir -p "$BUILDX_CONFIG/activity"
printf 2026-01-31T12:00:00Z >"$BUILDX_CONFIG/activity/here"
run --status
[[ $code == 0 ]] || wrong "status: exit $code: $(<out)"
has "^  NAME/NODE +DRIVER/ENDPOINT +LAST USED +STATE$" out
has "^  here +remote +[0-9]+ [a-z]+ ago +here$" out
has "^  . here0 +tcp://127.0.0.1:1 .*unknown: " out
has "^Next: reconcile --import > reconcile.yaml$" out
run --status --format json
[[ $(jq -c '.builders[] | select(.name == "here") | [.last_used, .drift, .nodes[0].endpoint, .nodes[0].cache.used, .nodes[0].builds]' out) == '["2026-01-31T12:00:00Z",false,"tcp://127.0.0.1:1",null,[]]' ]] || wrong "$(<out)"
