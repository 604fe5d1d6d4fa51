#!/usr/bin/env bats
# A node that is proved to be sick is healed as gently as it can be: looked at again, unpaused, restarted, and at last made
# afresh, its volume retained; each is tried, verified by a build, and said. Its cache is never emptied unasked. What proves
# nothing is in evidence.bats.
load lib
setup() {
	common_setup
	state_builder </dev/null
	apply
}
teardown() {
	common_teardown
	[[ -z ${disk:-} ]] || losetup -d "$disk"
}
# One that its Engine does not start again, ended by a signal that nobody sends to stop it.
crash() {
	daemon_signal ABRT || true
	ended() { [[ $(docker inspect -f '{{.State.Status}}' "buildx_buildkit_${B}0") == exited ]]; }
	wait_until 300 ended
	differs "! builder.$B" "node ${B}0 ended with exit code"
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

@test "a paused node whose build waits is unpaused, and the build goes on" {
	slow_build
	docker pause "buildx_buildkit_${B}0"
	healed "unpause ${B}0: it answers and builds"
	end_build
	build_ends_well
}

@test "a daemon that crashed is restarted, and keeps its cache" {
	state_builder <<<'driver-opts: {restart-policy: "no"}'
	apply
	build "$B"
	before=$(container_id "${B}0")
	crash
	healed "restart ${B}0: it answers and builds"
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

cache_of_many() { docker buildx du --builder "$B" --verbose | grep -A8 '^ID' | grep -B8 'COPY \. /' | grep '^ID'; }

@test "one whose disk is full: said, and nothing of its cache is given up unasked" {
	state_builder <<<'driver-opts: {restart-policy: "no"}'
	small_disk
	before=$(container_id "${B}0")
	fill_disk
	used=$(cache_of_many)
	[[ -n $used ]]
	crash
	run --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $status -ne 0 && $output == *"no space left on device"*"--reset $B --cache-only"* ]] || fail_with "$status" "$output" "$stderr"
	[[ $(container_id "${B}0") == "$before" && -z $(container_id "${B}0.g2") ]]
	[[ $(cache_of_many) == "$used" ]] || fail_with "$used" "$(docker buildx du --builder "$B" --verbose)"
	run -0 --separate-stderr reconcile --reset "$B" --cache-only --yes -f state.yaml
	run -0 build "$B"
	[[ $(container_id "${B}0") == "$before" ]]
}

@test "one whose database is corrupt is restarted, and at last begun anew, its volume retained" {
	docker stop -t 0 "buildx_buildkit_${B}0"
	# shellcheck disable=SC2016  # for the shell in there
	docker run --rm -v "buildx_buildkit_${B}0_state:/v" --entrypoint /bin/busybox "$image_a" sh -c \
		'for f in $(find /v -name containerdmeta.db); do head -c 65536 /dev/urandom >"$f"; done'
	docker start "buildx_buildkit_${B}0"
	# Podman has no such state, and counts.
	restarting() { [[ $(docker inspect -f '{{.State.Status}} {{.RestartCount}}' "buildx_buildkit_${B}0") =~ ^restarting|\ [1-9] ]]; }
	wait_until 300 restarting
	differs "! builder.$B" "else begun anew, and retained for 24h in volume buildx_buildkit_${B}0_state"
	healed "restart ${B}0 did not help"
	[[ -n $(container_id "${B}0.g2") && -z $(container_id "${B}0") ]]
	docker volume inspect "buildx_buildkit_${B}0_state"
	run -0 git --git-dir="$RECONCILE_HISTORY" show main:result.json
	[[ $output == *"did not help"* ]]
}
