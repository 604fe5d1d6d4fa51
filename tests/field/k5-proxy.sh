#!/usr/bin/env bash
# superfly/flyctl#2258, docker/for-win#1057: HTTP_PROXY is set and the Engine is tcp://HOST
# Right: somebody names HTTP_PROXY or NO_PROXY: docker goes through the proxy
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
python3 -c 'import socket,sys; socket.gethostbyname(sys.argv[1]).startswith("127.") or sys.exit(1)' "$(hostname)" 2>/dev/null || skip "$(hostname) does not resolve to loopback"
python3 "$here/../relay.py" port "$RECONCILE_ENGINE_SOCK" &
helpers+=($!)
for _ in $(seq 3000); do [[ -s port ]] && break; sleep 0.1; done
DOCKER_HOST=tcp://$(hostname):$(<port)
export DOCKER_HOST HTTP_PROXY=http://127.0.0.1:9 HTTPS_PROXY=http://127.0.0.1:9
unset NO_PROXY no_proxy http_proxy
printf 'version: 1\nbuilders:\n  %s: {}\n' "$B" >state.yaml
{ "$reconcile" --doctor; "$reconcile" --plan -f state.yaml; "$reconcile" --apply --yes -f state.yaml; } >out 2>&1
has 'HTTP_PROXY|NO_PROXY' out
