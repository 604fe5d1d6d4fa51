#!/usr/bin/env bash
# "invalid driver option default-load": options that this BuildX does not have were written, and "Verified"; a BuildX that is
# too old was run into. Right: known to the plan, refused before the first write with exit 8 and what to install
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/lib.sh" "$@"
need_engine
plugin=$DOCKER_CONFIG/cli-plugins/docker-buildx
says() { # what `docker-buildx version` says; the rest is done by the newest
	printf '#!/bin/sh\n[ "$1" != version ] || exec echo "%s"\nexec %s "$@"\n' "$1" "$RECONCILE_BUILDX_NEW" >"$plugin.new"
	chmod +x "$plugin.new"
	mv "$plugin.new" "$plugin"
}
written() { find home history.git -type f ! -name docker-buildx ! -name '*.lock' -exec sha256sum {} + 2>/dev/null | sort; }
nothing=$(written)
refused() { # WHAT WORDS
	run --plan -f state.yaml
	has "$2" out
	run --apply --yes -f state.yaml
	[[ $code == 8 ]] || wrong "$1: exit $code: $(<out)"
	has "$2" out
	has 'docker-buildx-plugin' out
	[[ $(written) == "$nothing" ]] || wrong "$1: something was written"
}
# What BuildX says of itself, and what it lacks (docker/buildx driver/*/factory.go at each release); "" for nothing.
rows=0
while IFS='|' read -r version driver option lacks; do
	says "$version"
	printf 'version: 1\nbuilders:\n  %s: {driver: %s, bootstrap: false, driver-opts: {%s}%s}\n' "$B" "$driver" "$option" \
		"$([[ $driver != remote ]] || echo ', endpoint: "tcp://127.0.0.1:1"')" >state.yaml
	if [[ $lacks ]]; then
		refused "$version" "option ${option%%:*} is of BuildX $lacks, and docker has "
	else
		run --plan -f state.yaml
		has "\\+ builder.$B" out
		lacks 'is of BuildX' out
	fi
	rows=$((rows + 1))
done <<-'T'
	github.com/docker/buildx v0.13.1 0|docker-container|default-load: true|0.14
	github.com/docker/buildx v0.14.0 0|docker-container|default-load: true|
	github.com/docker/buildx 0.13.1+ds1 0.13.1+ds1-3|remote|default-load: true|0.14
	github.com/docker/buildx 0.13.1+ds1 0.13.1+ds1-3|docker-container|restart-policy: always|
	github.com/docker/buildx v0.29.1 0|docker-container|provenance-add-gha: false|0.30
	github.com/docker/buildx v0.30.0-rc1 0|docker-container|provenance-add-gha: false|
	github.com/docker/buildx v0.35.0 0|docker-container|allow-untrusted-image: true|0.36
	github.com/docker/buildx v0.36.1 |docker-container|allow-untrusted-image: true|
	github.com/docker/buildx v1.0.0 0|docker-container|allow-untrusted-image: true|
	github.com/docker/buildx (devel) 0|docker-container|allow-untrusted-image: true|
	some other program|docker-container|allow-untrusted-image: true|
T
[[ $rows == 11 ]] || wrong "$rows rows"

says 'github.com/docker/buildx v0.10.4 0'
printf 'version: 1\nbuilders:\n  %s: {}\n' "$B" >state.yaml
refused "too old" 'BuildX 0.10.4, and 0.13 is the oldest'
run --doctor
has 'buildx-old +docker' out

# A real one, that has it in its store already: it cannot load the builder, and the doctor says why.
ln -sf "$RECONCILE_BUILDX_OLD" "$plugin"
instance "$B" docker-container "{\"Name\":\"${B}0\",\"Endpoint\":\"$DOCKER_HOST\",\"DriverOpts\":{\"default-load\":\"true\"}}"
docker buildx inspect "$B" 2>&1 | grep -q 'invalid driver option default-load' || wrong "this BuildX knows it"
run --doctor
has "buildx-old +builder.$B" out
has 'which is of BuildX 0.14' out
# To a plan that has nothing for BuildX to do, no process is started.
command -v strace >/dev/null || exit 0
printf 'version: 1\nbuilders: {}\n' >state.yaml
strace -f -qq -e trace=execve -o trace "$reconcile" --plan -f state.yaml >/dev/null 2>&1
[[ $(grep -c execve trace) == 1 ]] || wrong "the plan ran $(<trace)"
