#!/usr/bin/env bash
# docker/buildx create without --bootstrap, and stop: builders that nobody booted
# Right: an imported one says bootstrap: false, and the plan of it changes nothing
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
docker buildx create --name "$B" --driver docker-container >/dev/null || exit 2
docker buildx create --name "${B}s" --driver docker-container --bootstrap >/dev/null 2>&1 || exit 2
docker buildx stop "${B}s"
"$reconcile" --import >state.yaml 2>said
has 'bootstrap: false' state.yaml
run --check -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
