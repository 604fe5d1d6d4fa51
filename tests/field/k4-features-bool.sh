#!/usr/bin/env bash
# docker/cli#5567: "features": {"buildkit": true} makes docker warn at each command
# Right: the doctor names config.json
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
printf '{"auths":{"https://index.docker.io/v1/":{"auth":"dTpw"}},"features":{"buildkit":true}}\n' >"$DOCKER_CONFIG/config.json"
run --doctor
has 'config\.json' out
has 'features' out
