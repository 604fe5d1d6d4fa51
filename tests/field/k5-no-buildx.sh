#!/usr/bin/env bash
# docker/buildx#1188, setup-buildx-action#10: docker does not find BuildX, and everything before the boot is done first
# Right: refused before anything is written, exit 8, with what to install; no record, no instance file, no help text of docker
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
rm "$DOCKER_CONFIG/cli-plugins/docker-buildx"
[[ ! -e /usr/libexec/docker/cli-plugins/docker-buildx && ! -e /usr/lib/docker/cli-plugins/docker-buildx && ! -e /usr/local/lib/docker/cli-plugins/docker-buildx ]] || skip "this machine has a BuildX of its own"
printf 'version: 1\nbuilders:\n  %s: {}\n' "$B" >state.yaml
run --plan -f state.yaml
has 'BuildX boots the node' out
run --apply --yes -f state.yaml
[[ $code == 8 ]] || wrong "exit $code: $(<out)"
has 'docker-buildx-plugin' out
lacks 'https://docs.docker.com' out
[[ ! -e $BUILDX_CONFIG/instances/$B ]] || wrong "an instance file was written"
[[ ! -d $RECONCILE_HISTORY || -z $(git --git-dir "$RECONCILE_HISTORY" log --format=%s 2>/dev/null) ]] || wrong "a record was made"
