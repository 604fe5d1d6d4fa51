#!/usr/bin/env bats
# A sick node is healed as gently as it can be: looked at again, unpaused, restarted, pruned, and at last made afresh; each
# is tried, verified by a build, and said.
load lib
setup() {
	common_setup
	state_builder </dev/null
	apply
}
teardown() {
	[[ -z ${stopped:-} ]] || kill -CONT "$stopped" 2>/dev/null || true
	common_teardown
	[[ -z ${disk:-} ]] || losetup -d "$disk"
}
hang() { # the daemon, until it is restarted
	stopped=$(docker top "buildx_buildkit_${B}0" -o pid,comm | awk '$2 == "buildkitd" {print $1}')
	kill -STOP "$stopped"
}

# One that was started a moment ago may only be on its way up, and is not called sick.
await_sick() { # words
	local _
	for _ in {1..60}; do
		run --separate-stderr reconcile --check --timeout 1 -f state.yaml
		[[ $status -eq 2 && $output == *"$1"* ]] && return
	done
	fail_with "$output"
}
healed() { # says this, and the builder builds
	apply
	local want
	for want in "$@"; do
		[[ $output == *"$want"* ]] || fail_with "no \"$want\" in: $output" "$stderr"
	done
	run -0 build "$B"
	settled
}

@test "a paused node is unpaused, and nothing more" {
	build "$B"
	before=$(container_id "${B}0")
	docker pause "buildx_buildkit_${B}0"
	differs "! builder.$B" "node ${B}0 is paused"
	healed "1 repaired" "unpause ${B}0: it answers and builds"
	[[ $(container_id "${B}0") == "$before" && $stderr != *"restart "* ]]
}

@test "a daemon that hangs is restarted, and keeps its cache" {
	build "$B"
	before=$(container_id "${B}0")
	hang
	await_sick "node ${B}0 is unhealthy"
	healed "look again at ${B}0 did not help" "restart ${B}0: it answers and builds"
	[[ $(container_id "${B}0") == "$before" ]]
	run -0 build "$B"
	[[ $output == *CACHED* ]]
}

# The node's volume on a disk of its own, with room for a few hundred files.
small_disk() {
	truncate -s 64M disk.img
	mkfs.ext4 -q -F -m 0 -N 400 disk.img
	disk=$(losetup --find --show disk.img) || skip "no loop device can be had here"
	docker rm -f "buildx_buildkit_${B}0"
	docker volume rm -f "buildx_buildkit_${B}0_state"
	docker volume create --opt type=ext4 --opt device="$disk" "buildx_buildkit_${B}0_state"
	apply
}
# Half of it is cache, and all but 6 of the rest are somebody's: a daemon can start with that, and not build.
fill_disk() {
	mkdir many
	touch many/file{1..100}
	printf 'FROM scratch\nCOPY . /\n' >many/Dockerfile
	docker buildx build --builder "$B" --output type=cacheonly many
	# shellcheck disable=SC2016  # for the shell in there
	docker exec "buildx_buildkit_${B}0" sh -c '
		cd /var/lib/buildkit
		while [ $(df -i . | tail -n 1 | awk "{print \$4}") -gt 6 ]; do i=$((i + 1)); : >ballast$i; done'
}

@test "one whose disk is full is restarted, and what helps is to prune it: it keeps its volume" {
	small_disk
	before=$(container_id "${B}0")
	fill_disk
	hang
	await_sick "node ${B}0 is unhealthy"
	healed "restart ${B}0 did not help" "no space left on device" "prune the cache of ${B}0: it answers and builds"
	[[ $(container_id "${B}0") == "$before" ]]
}

@test "one whose database is corrupt is restarted, pruned, and at last begun anew, its volume retained" {
	docker stop -t 0 "buildx_buildkit_${B}0"
	# shellcheck disable=SC2016  # for the shell in there
	docker run --rm -v "buildx_buildkit_${B}0_state:/v" --entrypoint /bin/busybox "$image_a" sh -c \
		'for f in $(find /v -name containerdmeta.db); do head -c 65536 /dev/urandom >"$f"; done'
	docker start "buildx_buildkit_${B}0"
	restarting() { [[ $(docker inspect -f '{{.State.Status}}' "buildx_buildkit_${B}0") == restarting ]]; }
	wait_until 300 restarting
	differs "! builder.$B" "else begun anew, and retained for 24h in volume buildx_buildkit_${B}0_state"
	healed "restart ${B}0 did not help" "prune the cache of ${B}0 did not help"
	[[ -n $(container_id "${B}0.g2") && -z $(container_id "${B}0") ]]
	docker volume inspect "buildx_buildkit_${B}0_state"
	run -0 git --git-dir="$RECONCILE_HISTORY" show main:result.json
	[[ $output == *"did not help"* ]]
}

@test "a build that goes on on a sick node is not cut off by healing it: exit 5" {
	slow_build
	hang
	await_sick "node ${B}0 is unhealthy"
	run -5 --separate-stderr reconcile --apply --yes --timeout 1 --drain-timeout 1 -f state.yaml
	[[ $output == *"still has 1 client connected"*"--force"* ]] || fail_with "$output" "$stderr"
	kill -CONT "$stopped"
	stopped=
	kill "$build_pid"
	wait "$build_pid" || true
	build_pid=
}
