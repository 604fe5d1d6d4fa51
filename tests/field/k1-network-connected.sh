#!/usr/bin/env bash
# docker/buildx#218, basecamp/kamal#1287: docker network connect NET buildx_buildkit_…, for a registry by name
# Right: the plan of a replacement tells of the network that it will not bring back
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
docker network create "$B-net" >/dev/null || exit 2
docker buildx create --name "$B" --driver docker-container --bootstrap >/dev/null 2>&1 || exit 2
docker network connect "$B-net" "buildx_buildkit_${B}0"
state <<Y
version: 1
builders:
  $B:
    driver-opts: {cpu-shares: 512}
Y
run --plan -f state.yaml
has "$B-net" out
