#!/usr/bin/env bash
# /var/run/docker.sock, /run/docker.sock, `default` and a context are one Engine, and are told as four
# Right: asked once, listed once by all its names; moving a node from one of its addresses to another keeps the container
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
command -v strace >/dev/null || skip "no strace here"
ln -s "$RECONCILE_ENGINE_SOCK" link.sock
docker context create named --docker "host=unix://$work/link.sock" >/dev/null 2>&1
builders() { # ENDPOINT…: a builder at each
	local endpoint
	printf 'version: 1\nbuilders:\n'
	for endpoint; do printf '  %s-%s: {endpoint: "%s"}\n' "$B" "$(md5sum <<<"$endpoint" | cut -c1-4)" "$endpoint"; done
}
asked() { # how often the plan asks an Engine what is on it
	strace -f -qq -s 60 -e trace=sendto,write -o trace "$reconcile" --plan -f state.yaml >out 2>&1 || wrong "$(<out)"
	grep -c '"GET /containers/json' trace
}
builders "$DOCKER_HOST" >state.yaml
one=$(asked)
builders "$DOCKER_HOST" "unix://$work/link.sock" named default >state.yaml
all=$(asked)
((one == 1 && all == 1)) || wrong "asked $one times by one name, $all by four"
[[ $("$reconcile" --snapshot | jq '[.engines[] | select(.same_as == null)] | length') == 1 ]] || wrong "the snapshot has several"

# A node that goes from one address to another stays.
printf 'version: 1\nbuilders:\n  %s: {endpoint: "%s"}\n' "$B" "$DOCKER_HOST" >state.yaml
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
id=$(docker inspect -f '{{.Id}}' "buildx_buildkit_${B}0")
printf 'version: 1\nbuilders:\n  %s: {endpoint: named}\n' "$B" >state.yaml
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
[[ $(docker inspect -f '{{.Id}}' "buildx_buildkit_${B}0") == "$id" ]] || wrong "the container was made anew: $(<out)"
run --doctor
lacks 'orphan' out

# One that does not answer is told once.
silent() { DOCKER_HOST=unix://$work/no-engine.sock "$reconcile" "$@" >out 2>&1; }
builders "unix://$work/no-engine.sock" default >state.yaml
silent --plan -f state.yaml
[[ $(grep -c '? engine' out) == 1 ]] || wrong "not once: $(<out)"
has 'engine default \(also unix://' out
silent --doctor
[[ $(grep -c 'engine-unreachable' out) == 1 ]] || wrong "not once: $(<out)"
