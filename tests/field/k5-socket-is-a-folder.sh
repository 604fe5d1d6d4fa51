#!/usr/bin/env bash
# docker run -v /var/run/docker.sock:… before the Engine runs makes a folder there
# Right: the doctor says that a folder is where the socket belongs
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
mkdir docker.sock
DOCKER_HOST=unix://$work/docker.sock "$reconcile" --doctor >out 2>&1
grep -A1 engine-unreachable out >told
has 'folder|directory|not a socket' told
