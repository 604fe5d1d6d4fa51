#!/usr/bin/env bash
# A remote builder at docker-container://NAME whose daemon is still starting: "created in 0.0 s", then undone, because buildctl
# said that its socket is not there
# Right: the container runs, so the daemon is waited for, as long as a boot may take, and that is said
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
docker run --privileged -d --name "$B-buildkitd" --entrypoint sh moby/buildkit:buildx-stable-1 \
	-c 'while [ ! -e /go ]; do sleep 0.1; done; exec buildkitd' >/dev/null || exit 2
state <<<"{version: 1, builders: {$B: {driver: remote, endpoint: 'docker-container://$B-buildkitd'}}}"
{
	until grep -q 'Waiting for what does not answer yet' out 2>/dev/null; do sleep 0.1; done
	docker exec "$B-buildkitd" touch /go
} &
helpers+=($!)
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
has 'Waiting for what does not answer yet, up to 300 s' out
has 'Verified by observing again' out
# Later steps of a job learn what it builds for, from the daemon where the state file does not say.
state <<<"{version: 1, selected: $B, builders: {$B: {driver: remote, endpoint: 'docker-container://$B-buildkitd'}}}"
GITHUB_OUTPUT=$PWD/outputs run --apply --yes --format github -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
grep -A 1 '^platforms<<' outputs >platforms
has '^linux/[a-z0-9]+' platforms
