#!/usr/bin/env bats
# A build in progress in a pod is neither killed nor forgotten when its pod is to go.
# shellcheck disable=SC2154 # lib.bash sets namespace, B, output, stderr, build_naps

load lib

setup() { kubernetes_setup; }
teardown() { kubernetes_teardown; }

pods() { # IMAGE REPLICAS
	printf 'version: 1\nbuilders:\n  %s:\n    driver: kubernetes\n    nodes: {%s-n: {driver-opts: {namespace: %s, image: "%s", replicas: %s}}}\n' "$B" "$B" "$namespace" "$@" >state.yaml
}
end_build() { # in whichever pod it is, which has no pkill
	local pod ended=1
	for pod in $(kube get pods -l "app=$B-n" -o name); do
		# shellcheck disable=SC2016  # for the shell in there
		kube exec "$pod" -- sh -c \
			'for p in /proc/[0-9]*; do case $(tr "\0" " " <"$p/cmdline") in "/busybox sleep $1 ") kill "${p#/proc/}" && ended=1 ;; esac; done 2>/dev/null; test -n "$ended"' - "$build_naps" &&
			ended=0
	done
	return "$ended"
}
those() { kube get pods -l "app=$B-n" --field-selector status.phase=Running -o 'jsonpath={.items[*].metadata.uid}'; }

@test "a build in progress is waited for where pods end, rolled or made fewer; what does not end in time is left" {
	local before
	pods "$RECONCILE_BUILDKIT_IMAGE" 2
	apply
	before=$(those)
	slow_build
	pods "$RECONCILE_BUILDKIT_IMAGE_OTHER" 2
	run -5 --separate-stderr reconcile --apply --yes --drain-timeout 1 -f state.yaml
	[[ $output == *"still 1 build on $B-n"*"--drain-timeout"*"--force"* ]] || fail_with "$output" "$stderr"
	[[ $(those) == "$before" ]]

	apply_and_end_build
	[[ $stderr == *"waiting for 1 build on $B-n: Dockerfile"* ]] || fail_with "$stderr"
	build_ends_well
	settled
	[[ $(kube get "deployment/$B-n" -o 'jsonpath={.spec.template.spec.containers[0].image}') == "$RECONCILE_BUILDKIT_IMAGE_OTHER" ]]

	slow_build
	pods "$RECONCILE_BUILDKIT_IMAGE_OTHER" 1
	apply_and_end_build
	build_ends_well
	settled
	[[ $(kube get "deployment/$B-n" -o 'jsonpath={.spec.replicas}') == 1 ]]
}

# What is not there builds nothing: a daemon that comes up late, or never, and one that ends again and again.
@test "pods whose daemon does not listen, or does not run, are not waited for; those of others are not asked" {
	local name
	printf 'version: 1\nbuilders:\n' >state.yaml
	for name in "$B-mute" "$B-ends"; do
		stored "$name"
		printf '  %s: {state: absent}\n' "$name" >>state.yaml
	done
	for name in "$B-mute" "$B-else"; do
		deployed "$name" '.spec.template.spec |= (.terminationGracePeriodSeconds = 0 | .containers[0] |= (.command = ["/bin/busybox", "sleep", "3600"] | del(.args)))'
	done
	deployed "$B-ends" '.spec.template.spec.containers[0].args = ["--no-such-flag"]'
	sees "$B-ends" "it ended with exit code 1"
	for name in "$B-mute" "$B-else"; do wait_until 120 is_up "$name"; done
	mark_requests
	reconcile --apply --yes -f state.yaml
	[[ $(kube get deployments -o name) == "deployment.apps/$B-else" ]]
	requests reconcile/ | grep "pods/$B-mute-.*/exec"
	run ! grep "pods/$B-else-.*/exec" <(requests reconcile/)
}
is_up() { [[ $(kube get pods -l "app=$1" -o 'jsonpath={.items[*].status.containerStatuses[0].state.running}') == *startedAt* ]]; }
