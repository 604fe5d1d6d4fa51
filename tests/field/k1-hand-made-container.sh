#!/usr/bin/env bash
# docker/buildx#561, #1642: buildx_buildkit_NAME0 started by hand, its cache in an anonymous volume
# Right: the plan says what becomes of that cache, and no volume is left behind without a word
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
docker run --privileged -d --name "buildx_buildkit_${B}0" --network host moby/buildkit:buildx-stable-1 >/dev/null || exit 2
docker buildx create --name "$B" --driver=docker-container >/dev/null || exit 2
volume=$(docker inspect -f '{{range .Mounts}}{{.Name}}{{end}}' "buildx_buildkit_${B}0")
"$reconcile" --import "$B" >state.yaml 2>import.err || wrong "import: $(<import.err)"
run --plan -f state.yaml
if grep -q -- '-/+ builder' out; then has 'cache:' out; fi
run --apply --yes -f state.yaml --adopt "$B"
docker volume inspect "$volume" >/dev/null 2>&1 || exit 0
[[ $(docker inspect -f '{{range .Mounts}}{{.Name}}{{end}}' "buildx_buildkit_${B}0") != "$volume" ]] || exit 0
{ "$reconcile" --doctor; "$reconcile" --status -f state.yaml; } >told 2>&1
docker volume rm -f "$volume" >/dev/null 2>&1
has "${volume:0:12}" told
