#!/usr/bin/env bash
# With --live the mark on a volume was held against the reviewer's machine: a lost instance file read as another store's builder
# Right: it is held against the machine of the snapshot
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
state <<<"{version: 1, builders: {$B: {}}}"
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
rm "$BUILDX_CONFIG/instances/$B"
run --snapshot -f state.yaml -o live.json
[[ $code == 0 ]] || wrong "snapshot: exit $code: $(<out)"
run --plan -f state.yaml --live live.json
has "\+ builder\.$B\$" out
# Taken on another machine, where that volume would be somebody's else.
sed "s/\"host\": \"$(uname -n)\"/\"host\": \"another\"/" live.json >other.json
! cmp -s live.json other.json || wrong "the snapshot names no host"
run --plan -f state.yaml --live other.json
has "not this store's" out
