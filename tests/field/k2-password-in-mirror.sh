#!/usr/bin/env bash
# An audit: a password in a URL of buildkitd's configuration was printed by plans and committed to the history
# Right: as secret there as in a snapshot, in every format and in what is saved; the mirror itself is shown
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
state <<<'{version: 1, builders: {ci: {bootstrap: false, buildkitd: {registry: {docker.io: {mirrors: ["https://user:planted@mirror.example"]}}}}}}'
for format in text json markdown github; do
	run --plan -v --no-probe -f state.yaml --format "$format"
	has 'mirror' out
	lacks planted out
done
run --plan --no-probe -f state.yaml -o plan.json
[[ -s plan.json ]] || wrong "no plan was saved: exit $code: $(<out)"
lacks planted plan.json
