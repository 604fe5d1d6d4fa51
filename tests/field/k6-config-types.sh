#!/usr/bin/env bash
# influxdata/influxdb, docker-practice/buildx: values of the wrong type in BuildKit's configuration
# Right: each is an error at its own line, in buildkitd-config files too
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
try() { # LINE TEXT: the state below `buildkitd:` on stdin
	{ printf 'version: 1\nbuilders:\n  ci:\n    buildkitd:\n'; sed 's/^/      /'; } >state.yaml
	run --validate -f state.yaml
	[[ $code == 65 ]] || wrong "$2: accepted (exit $code)"
	grep -q "^state.yaml:$1:" out || wrong "$2: is in line $1, told at: $(head -1 out)"
}
try 5 'mirrors as a text' <<<'registry: {docker.io: {mirrors: mirror.gcr.io}}'
try 5 'max-parallelism as a text' <<<'worker: {oci: {max-parallelism: "4"}}'
try 5 'insecure as a text' <<<'registry: {"r.example:5000": {insecure: "yes"}}'
try 5 'insecure-entitlements as a text' <<<'insecure-entitlements: network.host'
try 9 'an unknown key' <<'Y'
debug: true
worker:
  oci:
    enabled: true
    numCPU: 11
Y
printf '[worker.oci]\n  gc = "maybe"\n' >bad.toml
printf 'version: 1\nbuilders:\n  ci: {buildkitd-config: bad.toml, bootstrap: false}\n' >state.yaml
run --validate -f state.yaml
[[ $code == 65 ]] || wrong "buildkitd-config: accepted (exit $code)"
has 'worker.oci.gc must be true or false' out
