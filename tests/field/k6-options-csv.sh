#!/usr/bin/env bash
# docker/buildx#1380, #2667, #170: driver options as setup-buildx-action takes them, lines of CSV
# Right: a quoted field may hold commas, and an unquoted comma parts two options
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
state <<'Y'
version: 1
builders:
  ci:
    driver-opts: |
      network=host
      "env.no_proxy=localhost,127.0.0.1,.example.com"
Y
run --plan -f state.yaml
has 'env.no_proxy +localhost,127.0.0.1,.example.com' out
printf 'version: 1\nbuilders:\n  ci:\n    driver-opts: image=moby/buildkit:master,network=host\n' >state.yaml
run --plan -f state.yaml
has 'driver-opts.network +host' out
printf 'version: 1\nbuilders:\n  ci:\n    driver-opts: env.no_proxy=a,b\n' >state.yaml
run --validate -f state.yaml
[[ $code == 65 ]] || wrong "exit $code: $(<out)"
has 'quote one that holds a comma' out
