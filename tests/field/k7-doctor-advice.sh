#!/usr/bin/env bash
# The doctor said "write `builders: {x: {}}`" over a builder that stands there with settings, and `docker rm -f` for what another store runs
# Right: a builder that the state file names is mended by an apply of it; what runs is left alone, and is no fault
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
mkdir states
printf 'version: 1\nbuilders:\n  %s: {driver-opts: {memory: 300m}}\n' "$B" >states/default.yaml
run --apply --yes
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
docker pause "buildx_buildkit_${B}0" >/dev/null
for files in '' ' -f states'; do
	# shellcheck disable=SC2086
	run --doctor $files
	lacks "write .builders" out
	has "mend: +run .reconcile --apply$files., which unpauses it" out
	has "^Next: reconcile --apply$files\$" out
done
run --apply --yes
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
[[ $(docker inspect -f '{{.HostConfig.Memory}} {{.State.Status}}' "buildx_buildkit_${B}0") == '314572800 running' ]] || wrong "memory or state are gone"
# Another user's home, on the same Engine.
mkdir -p "$work/other/.docker"
export HOME=$work/other DOCKER_CONFIG=$work/other/.docker BUILDX_CONFIG=$work/other/.docker/buildx RECONCILE_HISTORY=$work/other.git
mkdir -p "$DOCKER_CONFIG/cli-plugins" "$BUILDX_CONFIG/instances"
ln -s "$RECONCILE_BUILDX_NEW" "$DOCKER_CONFIG/cli-plugins/docker-buildx"
cd "$work/other" || exit 99
run --doctor --detailed-exitcode -v
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
lacks "rm.* buildx_buildkit_${B}0" out
has "buildx_buildkit_${B}0 " out
has "leave it alone: it is in use" out
has "No faults found" out
