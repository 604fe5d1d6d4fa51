#!/usr/bin/env bash
# actions/runner#1864, docker/for-mac#7228: HOME is not set (a service, cron, env -i)
# Right: the home is the one of /etc/passwd, as docker has it, for the history too
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
printf 'version: 1\nbuilders: {}\n' >state.yaml
env -u HOME -u RECONCILE_HISTORY "$reconcile" --plan -f state.yaml >out 2>&1
code=$?
lacks 'no folder for the history' out
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
