#!/usr/bin/env bats
# A build in progress is neither killed nor forgotten when its node goes, and a builder is tried before it counts as done.
load lib
setup() { common_setup; }
teardown() { common_teardown; }

with_image() { state_builder <<<"driver-opts: {image: \"$1\"}"; }

@test "a build in progress is waited for by a replace of its builder: it finishes and exits 0" {
	with_image "$image_a"
	apply
	before=$(container_id "${B}0")
	slow_build
	with_image "$image_b"
	apply_and_end_build
	[[ $stderr == *"waiting for 1 build on ${B}0: Dockerfile"* ]] || fail_with "$stderr"
	build_ends_well
	[[ $(container_id "${B}0") != "$before" ]]
	settled
}

@test "a build that does not end in time: exit 5, nothing of the builder is touched, and the build finishes" {
	with_image "$image_a"
	apply
	before=$(container_id "${B}0") instance=$(<"$BUILDX_CONFIG/instances/$B")
	slow_build
	state_builder <<-Y
		driver-opts: {image: "$image_b"}
		fallback: default
	Y
	run -5 --separate-stderr reconcile --apply --yes --drain-timeout 1 -f state.yaml
	[[ $output == *"still 1 build on ${B}0"*"--drain-timeout"*"--force"* ]] || fail_with "$output" "$stderr"
	[[ $(container_id "${B}0") == "$before" ]]
	[[ $(<"$BUILDX_CONFIG/instances/$B") == "$instance" ]]
	run -0 docker buildx inspect
	[[ $output == *"Name:          $B"* ]] || fail_with "what is selected was not put back: $output"
	end_build
	build_ends_well
}

@test "--force cuts it off after the wait, and says so" {
	with_image "$image_a"
	apply
	slow_build
	with_image "$image_b"
	apply --drain-timeout 0 --force
	[[ $stderr == *"cutting off 1 build on ${B}0"* ]] || fail_with "$stderr"
	local code=0
	wait "$build_pid" || code=$?
	build_pid=
	[[ $code -eq 1 ]] || fail_with "the build ended with $code: $(<build.log)"
	settled
}

@test "removing a builder waits as well" {
	state_builder </dev/null
	apply
	slow_build
	state <<-Y
		version: 1
		builders:
		  $B: {state: absent}
	Y
	run -5 --separate-stderr reconcile --apply --yes --drain-timeout 1 -f state.yaml
	[[ -n $(container_id "${B}0") ]]
	apply_and_end_build
	build_ends_well
	run -1 container_id "${B}0"
}

@test "verify: {build: true} tries a build on every node after a change" {
	state_builder <<-Y
		platforms: [linux/amd64, linux/386]
		verify: {build: true}
	Y
	apply
	[[ $stderr == *"try a build on ${B}0"* ]] || fail_with "$stderr"
	[[ ! -e $BUILDX_CONFIG/refs/$B ]]
	settled
}

@test "a Dockerfile of the team's own that fails makes the apply fail, and it is rolled back" {
	with_image "$image_a"
	apply
	mkdir -p ci
	cp "$RECONCILE_BUSYBOX" ci/busybox
	printf 'FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "false"]\n' >ci/Dockerfile
	state_builder <<-Y
		driver-opts: {image: "$image_b"}
		verify: {dockerfile: ci/Dockerfile}
	Y
	run -7 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $output == *"verifies node ${B}0"*"exit code: 1"* ]] || fail_with "$output"
	run -0 docker inspect -f '{{.Config.Image}}' "buildx_buildkit_${B}0"
	[[ $output == "$image_a" ]]
	sed -i 's/"false"/"true"/' ci/Dockerfile
	apply
	settled
}

@test "verify on two nodes builds on each, for each platform" {
	docker context create "$B-ctx" --docker "host=$DOCKER_HOST" >/dev/null
	state_builder <<-Y
		verify: {build: true}
		nodes:
		  $B-x: {platforms: [linux/amd64]}
		  $B-y: {endpoint: $B-ctx, platforms: [linux/386]}
	Y
	apply
	[[ $stderr == *"try a build on $B-x"*"try a build on $B-y"* ]]
	settled
}
