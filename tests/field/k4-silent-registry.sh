#!/usr/bin/env bash
# A registry, or a proxy before it, that takes the Engine's connection and never answers: the pull of a replacement went on
# without an end
# Right: silence ends it, with a word about what was silent and how to wait longer; nothing was touched
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
{ [[ -n ${RECONCILE_ENGINE_PID:-} ]] && nsenter -t "$RECONCILE_ENGINE_PID" -n true 2>/dev/null; } ||
	skip "needs an engine whose network can be entered"
cat >registry.py <<'P'
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
with open(sys.argv[1], "w") as file:
    print(server.getsockname()[1], file=file)
held = []
while True:
    held.append(server.accept())
P
nsenter -t "$RECONCILE_ENGINE_PID" -n python3 registry.py port &
helpers+=($!)
until [[ -s port ]]; do sleep 0.02; done
state <<<"{version: 1, builders: {$B: {}}}"
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "cannot start: $(<out)"
before=$(docker inspect -f '{{.Id}}' "buildx_buildkit_${B}0")
state <<<"{version: 1, builders: {$B: {driver-opts: {image: '127.0.0.1:$(<port)/silent/buildkit:1'}}}}"
run --apply --yes --boot-timeout 2 -f state.yaml
[[ $code == 8 ]] || wrong "exit $code: $(<out)"
has 'pulling .*/silent/buildkit:1.*said nothing for 2 s' out
has '127\.0\.0\.1:[0-9]+.*--boot-timeout' out
has 'Nothing was changed' out
[[ $(docker inspect -f '{{.Id}}' "buildx_buildkit_${B}0") == "$before" ]] || wrong "the container is another one"
