#!/usr/bin/env bash
# `protect: true` went when its block went: `unmanaged: remove` removed the builder, exit 0
# Right: blocked, exit 5, until --allow-protected, or an apply of a state that says `protect: false`
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
state <<<"{version: 1, builders: {${B}a: {protect: true, bootstrap: false}, ${B}b: {bootstrap: false}}}"
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
lost() { printf 'version: 1\nunmanaged: remove\nbuilders: {%s}\n' "$1"; }
lost '' >lost.yaml
run --plan -f lost.yaml
has "blocked: builder \"${B}a\" is protected by the state that was applied last" out
lacks "blocked: builder \"${B}b\"" out
run --apply --yes -f lost.yaml
[[ $code == 5 && -e $BUILDX_CONFIG/instances/${B}a && -e $BUILDX_CONFIG/instances/${B}b ]] || wrong "exit $code: $(<out)"
lost "${B}a: {state: absent}" >absent.yaml
run --apply --yes -f absent.yaml
[[ $code == 5 ]] || wrong "absent: exit $code: $(<out)"
run --apply --yes --allow-protected -f lost.yaml
[[ $code == 0 && ! -e $BUILDX_CONFIG/instances/${B}a ]] || wrong "allowed: exit $code: $(<out)"
# The protection is taken away by a state that does not say it, though nothing else is to be done.
run --apply --yes -f state.yaml
state <<<"{version: 1, builders: {${B}a: {bootstrap: false}, ${B}b: {bootstrap: false}}}"
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
run --apply --yes -f lost.yaml
[[ $code == 0 && ! -e $BUILDX_CONFIG/instances/${B}a ]] || wrong "not protected any more: exit $code: $(<out)"
