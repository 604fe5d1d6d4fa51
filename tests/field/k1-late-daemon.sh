#!/usr/bin/env bash
# BuildX waits some 15 s for a daemon to come up and then fails ("failed to list workers"), whatever --boot-timeout says: on a
# busy or distant machine a first apply is rolled back
# Right: its container runs and nothing says that it is sick, so it is waited for as long as a boot may take, and that is said
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
late() { # seconds
	docker create --name "$B-made" moby/buildkit:buildx-stable-1 >/dev/null || exit 2
	docker commit --change "ENTRYPOINT [\"sh\", \"-c\", \"sleep $1; exec buildkitd \\\"\$@\\\"\", \"--\"]" "$B-made" "$B:late" >/dev/null || exit 2
	docker rm "$B-made" >/dev/null
}
late 25
state <<<"{version: 1, builders: {$B: {driver-opts: {image: '$B:late'}}}}"
run --apply --yes -f state.yaml
docker rmi -f "$B:late" >/dev/null 2>&1
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
has "waits no longer for ${B}0.*waiting for its daemon" out
has 'Verified by observing again' out
