#!/usr/bin/env bash
# A builder at a pod of a cluster was told "Verified by observing again", and nothing here can ask its daemon
# Right: what was not asked is counted out, and named below
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
printf 'version: 1\nbuilders: {pod: {driver: remote, endpoint: "kube-pod://buildkitd-0"}}\n' >state.yaml
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
has '^Apply complete: 1 created\. Verified by observing again, but for 1 daemon that' out
has '^  builder\.pod: the daemon of node pod0 was not asked' out
