#!/usr/bin/env bash
# docker/buildx create --platform linux/amd64,linux/amd64, --driver-opt network=, memory=1g
# Right: another spelling of the same is no difference
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
instance pt docker-container '{"Name":"pt0","Endpoint":"unix:///nonexistent.sock","Platforms":[{"architecture":"amd64","os":"linux"},{"architecture":"amd64","os":"linux"}],"DriverOpts":{"network":"","memory":"1g"},"Flags":["--allow-insecure-entitlement=network.host"],"Files":null}'
state <<'Y'
version: 1
builders:
  pt: {endpoint: "unix:///nonexistent.sock", platforms: [linux/amd64], driver-opts: {memory: 1024m}, bootstrap: false}
Y
run --plan --no-probe -f state.yaml
lacks 'platforms|network|memory' out
