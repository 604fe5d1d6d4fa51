#!/usr/bin/env bash
# `--only a --only b` planned b alone, exit 0
# Right: both are planned, and no other; a name that nobody knows is refused whichever it is
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
printf 'version: 1\nselected: c\nbuilders: {a: {}, b: {}, c: {}}\n' >state.yaml
run --plan --only a --only b -f state.yaml
has 'builder\.a$' out
has 'builder\.b$' out
lacks 'builder\.c|selected' out
run --plan --only a --only x -f state.yaml
[[ $code == 64 ]] || wrong "exit $code"
has '"x"' out
run --status --only b --only c -f state.yaml --format json
has '"name":.*"b"' out
has '"name":.*"c"' out
lacks '"name":.*"a"' out
