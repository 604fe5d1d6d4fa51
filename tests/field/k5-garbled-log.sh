#!/usr/bin/env bash
# docker/buildx#289, #1570, #1364: buildkitd ends at its start, and BuildX prints its multiplexed log raw
# Right: BuildKit's own words, once and whole, and no hint with a placeholder
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
state <<Y
version: 1
builders:
  $B:
    buildkitd: {grpc: {address: ["unix:///run/buildkit/buildkitd.sock"], tls: {cert: /etc/nope.crt, key: /etc/nope.key}}}
Y
run --apply --yes -f state.yaml
grep -A1 '^  ✗' out >told
has 'buildkitd: open /etc/nope.crt: no such file or directory' told
lacks 'openbuildkitd|nope\.buildkitd' told
lacks 'docker logs buildx_buildkit_NODE' out
