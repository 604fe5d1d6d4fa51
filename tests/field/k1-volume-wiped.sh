#!/usr/bin/env bash
# moby/buildkit#4449, docker/buildx#2102: the Engine lists a volume whose files are gone
# Right: an apply mends it, or names the mend
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
[[ -d ${RECONCILE_ENGINE_DIR:-/nonexistent}/data ]] || skip "needs a private engine: its data folder is touched"
docker buildx create --name "$B" --driver docker-container --bootstrap >/dev/null 2>&1 || exit 2
docker buildx stop "$B"
rm -rf "${RECONCILE_ENGINE_DIR:?}/data/volumes/buildx_buildkit_${B}0_state"
printf 'version: 1\nbuilders:\n  %s: {}\n' "$B" >state.yaml
run --apply --yes -f state.yaml
[[ $code != 0 ]] || exit 0
"$reconcile" --doctor >>out 2>&1
has '--reset' out
