#!/usr/bin/env bash
# docker/buildx#1642, BuildX's own docs: driver remote at docker-container://NAME
# Right: an apply ends well, a second finds nothing to do, and the doctor no fault
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
docker run --privileged -d --name "$B-buildkitd" moby/buildkit:buildx-stable-1 >/dev/null || exit 2
wait_until 300 docker exec "$B-buildkitd" buildctl debug workers >/dev/null 2>&1 || exit 2
printf 'version: 1\nbuilders:\n  %s: {driver: remote, endpoint: "docker-container://%s-buildkitd"}\n' "$B" "$B" >state.yaml
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "apply: exit $code: $(<out)"
run --check -f state.yaml
[[ $code == 0 ]] || wrong "check: exit $code: $(<out)"
run --doctor
lacks "builder\.$B" out
