#!/usr/bin/env bash
# docker buildx create --name x default: a context's name as an endpoint
# Right: a builder at the default context can be made
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
printf 'version: 1\nbuilders: {%s: {endpoint: default}}\n' "$B" >state.yaml
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
run --check -f state.yaml
[[ $code == 0 ]] || wrong "check: exit $code: $(<out)"
