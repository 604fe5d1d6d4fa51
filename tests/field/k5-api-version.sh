#!/usr/bin/env bash
# DOCKER_API_VERSION is not one that the Engine has: BuildX 0.13 and 0.36 say nothing, boot nothing and end with 0
# Right: the Engine's own words and what to unset, exit 8, nothing written; one that it has is no matter
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
printf 'version: 1\nbuilders:\n  %s: {}\n' "$B" >state.yaml
while IFS='|' read -r version words; do
	export DOCKER_API_VERSION=$version
	run --doctor
	has "$words" out
	[[ $words == 'No faults' ]] || has 'unset DOCKER_API_VERSION' out
	[[ $words != 'No faults' ]] || continue
	run --apply --yes -f state.yaml
	[[ $code == 8 ]] || wrong "$version: exit $code: $(<out)"
	has "$words" out
	[[ ! -e $BUILDX_CONFIG/instances/$B ]] || wrong "$version: something was written"
done <<-'T'
	9.99|DOCKER_API_VERSION=9.99: client version 9.99 is too new. Maximum supported API version is 1.[0-9]+
	1.1|DOCKER_API_VERSION=1.1: client version 1.1 is too old. Minimum supported API version is 1.[0-9]+
	junk|DOCKER_API_VERSION=junk is no version
	1.44|No faults
	|No faults
T
export DOCKER_API_VERSION=1.44
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
run --check -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
