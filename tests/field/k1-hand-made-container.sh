#!/usr/bin/env bash
# docker/buildx#561, #1642: buildx_buildkit_NAME0 started by hand, its cache in an anonymous volume
# Right: the plan says that the cache is not brought back, which volume holds it, and what removes that
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
docker run --privileged -d --name "buildx_buildkit_${B}0" --network host moby/buildkit:buildx-stable-1 >/dev/null || exit 2
docker buildx create --name "$B" --driver=docker-container >/dev/null || exit 2
volume=$(docker inspect -f '{{range .Mounts}}{{.Name}}{{end}}' "buildx_buildkit_${B}0")
"$reconcile" --import "$B" >state.yaml 2>import.err || wrong "import: $(<import.err)"
run --plan -f state.yaml
if grep -q -- '-/+ builder' out; then
	has "not brought back: it is in volume $volume" out
	has "docker volume rm $volume" out
fi
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
docker volume inspect "$volume" >/dev/null 2>&1 || wrong "volume $volume was removed, though the plan said that it stays"
docker rm -fv "buildx_buildkit_${B}0" >/dev/null
docker volume rm -f "$volume" >/dev/null
