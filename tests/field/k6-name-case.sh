#!/usr/bin/env bash
# docker/buildx create --name HUp: instances/hup, but activity/HUp and refs/HUp, which `buildx rm` leaves behind
# Right: both spellings are the same builder, and when it goes nothing of it stays
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
instance HUp remote '{"Name":"hup0","Endpoint":"tcp://127.0.0.1:1","Platforms":null,"DriverOpts":null,"Flags":null,"Files":null}'
mv "$BUILDX_CONFIG/instances/HUp" "$BUILDX_CONFIG/instances/hup"
instance hup2 remote '{"Name":"hup20","Endpoint":"tcp://127.0.0.1:1","Platforms":null,"DriverOpts":null,"Flags":null,"Files":null}'
for name in HUp hup2; do
	mkdir -p "$BUILDX_CONFIG/activity" "$BUILDX_CONFIG/refs/$name/${name}0"
	printf %s "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$BUILDX_CONFIG/activity/$name"
	echo '{}' >"$BUILDX_CONFIG/refs/$name/${name}0/abc"
done
for name in HUp hup; do
	printf 'version: 1\nbuilders:\n  %s: {driver: remote, endpoint: "tcp://127.0.0.1:1", bootstrap: false}\n' "$name" >state.yaml
	run --check --no-probe -f state.yaml
	[[ $code == 0 ]] || wrong "exit $code as $name: $(<out)"
done
printf 'version: 1\nbuilders:\n  HUP: {state: absent}\n' >state.yaml
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
left=$(cd "$BUILDX_CONFIG" && find . -ipath '*hup*' -type f | sort | tr '\n' ' ')
[[ $left == "./activity/hup2 ./instances/hup2 ./refs/hup2/hup20/abc " ]] || wrong "there is now: $left"
