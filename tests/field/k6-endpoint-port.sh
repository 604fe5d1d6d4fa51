#!/usr/bin/env bash
# docker/buildx create tcp://HOST stores tcp://HOST:2375; a port above 65535 cannot be
# Right: the same port here, and an impossible one is an error
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
printf 'version: 1\nbuilders: {ci: {endpoint: "tcp://host.example:99999"}}\n' >state.yaml
run --validate -f state.yaml
[[ $code == 65 ]] || wrong "a port of 99999 is accepted"
instance kk docker-container '{"Name":"kk0","Endpoint":"tcp://127.0.0.1:2375","Platforms":null,"DriverOpts":null,"Flags":["--allow-insecure-entitlement=network.host"],"Files":null}'
printf 'version: 1\nbuilders: {kk: {bootstrap: false, endpoint: "tcp://127.0.0.1"}}\n' >state.yaml
run --plan --no-probe -f state.yaml
lacks 'nodes.kk0.endpoint' out
