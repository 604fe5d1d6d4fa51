#!/usr/bin/env bash
# A builder whose daemon nobody asked was told "Verified by observing again"
# Right: what was not asked is counted out, and named below
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
printf 'version: 1\nbuilders: {pod: {driver: remote, endpoint: "tcp://127.0.0.1:1"}}\n' >state.yaml
run --apply --yes --no-probe -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
has '^Apply complete: 1 created\. Verified by observing again, but for 1 daemon that' out
has '^  builder\.pod: the daemon of node pod0 was not asked' out
