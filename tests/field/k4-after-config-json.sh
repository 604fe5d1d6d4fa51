#!/usr/bin/env bash
# docker/for-win#808: a brace too many behind the value of config.json
# Right: docker reads the first value, so nothing says that docker ignores the file
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
printf '{"auths":{}}\n}' >"$DOCKER_CONFIG/config.json"
run --doctor
lacks 'docker-config-invalid' out
