#!/usr/bin/env bats
# The cache as the state file wants it: a cap that the daemon keeps to, a policy in force, emptied on demand.
load lib
setup() { common_setup; }
teardown() { common_teardown; }

# Builds that leave MIB of cache each.
fill() { # mib times
	mkdir -p fill
	cp "$RECONCILE_BUSYBOX" fill/busybox
	local i
	for ((i = 0; i < $2; i++)); do
		printf 'FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "dd", "if=/dev/urandom", "of=/f%d", "bs=1M", "count=%d"]\n' \
			"$i" "$1" >fill/Dockerfile
		docker buildx build --builder "$B" --progress quiet --output type=cacheonly fill 3>&-
	done
}
used() { # bytes that the daemon's cache holds
	local sizes
	sizes=$(printed_in "buildx_buildkit_${B}0" buildctl du --format '{{range .}}{{.Size}}{{"\n"}}{{end}}') || return
	awk '{ sum += $1 } END { print sum + 0 }' <<<"$sizes"
}
await_used_under() { # bytes
	local _
	for _ in $(seq 300); do
		(($(used) < $1)) && return
		sleep 0.5
	done
	fail_with "the cache still holds $(used) bytes"
}

# BuildKit collects by itself a moment after a build, so that what is over the cap may be gone before it is looked at.
found_over_limit() { # mode, words
	local _
	for _ in {1..60}; do
		fill 20 3
		run -0 --separate-stderr reconcile "$1" -f state.yaml
		# shellcheck disable=SC2053  # a pattern
		[[ $output == *cache-over-limit*$2* ]] && return
	done
	fail_with "$output"
}

@test "a cap makes the daemon evict: over it is a finding, and after a gc disk use is under it" {
	state_builder <<<"cache: {max-used-space: 32MB}"
	apply
	found_over_limit --plan "over its limit of 32.0 MiB: "*"regular"
	found_over_limit --doctor "--cache-only"
	docker restart -t 2 "buildx_buildkit_${B}0" # BuildKit collects after its start
	await_used_under $((32 << 20))
	settled
}

@test "a changed cap is in force in the daemon after the apply, and the cache is kept" {
	state_builder <<<"cache: {max-used-space: 1GB}"
	apply
	fill 1 1
	state_builder <<<"cache: {max-used-space: 2GB, min-free-space: 20%}"
	differs "maxUsedSpace" "1GB → 2GB" "cache: kept"
	apply
	settled
	# The daemon's own tool tells: BuildX 0.13 does not show this number.
	run -0 printed_in "buildx_buildkit_${B}0" buildctl debug workers -v
	[[ $output =~ "Maximum used space:"[[:space:]]*2(\.[0-9]+)?GB ]] || fail_with "$output"
}

@test "a daemon that runs with another policy than its file is drift, and is made anew with its cache" {
	state_builder <<<"cache: {max-used-space: 1GB}"
	apply
	build "$B"
	local node=buildx_buildkit_${B}0
	docker cp "$node:/etc/buildkit/buildkitd.toml" good.toml
	sed 's/1GB/3GB/' good.toml >other.toml
	docker cp other.toml "$node:/etc/buildkit/buildkitd.toml"
	docker restart -t 2 "$node"
	wait_until 300 docker exec "$node" buildctl debug workers
	docker cp good.toml "$node:/etc/buildkit/buildkitd.toml"
	differs "gc policy not in force on node ${B}0" "3.0 GiB → 1.0 GiB" "cache: kept"
	apply
	settled
	run -0 build "$B"
	[[ $output == *CACHED* ]]
}

@test "reset: ID empties the cache once; a new id does it again" {
	state_builder <<<"cache: {max-used-space: 1GB}"
	apply
	build "$B"
	state_builder <<<"cache: {max-used-space: 1GB, reset: first}"
	differs "- cache.$B" "+ reset  first" "cache: lost"
	apply
	[[ $output == *"1 pruned."*"of cache removed"* ]] || fail_with "$output"
	(($(used) == 0))
	settled
	run -0 build "$B"
	[[ $output != *CACHED* ]]
	settled
	state_builder <<<"cache: {max-used-space: 1GB, reset: second}"
	differs "first → second"
	apply
	settled
	(($(used) == 0))
}

@test "--reset --cache-only empties the cache and leaves the node alone" {
	state_builder </dev/null
	apply
	build "$B"
	id=$(container_id "${B}0")
	run -0 --separate-stderr reconcile --reset --cache-only --yes -f state.yaml "$B"
	[[ $output == *"- cache.$B"*"1 pruned."*"of cache removed"* ]] || fail_with "$output"
	[[ $(container_id "${B}0") == "$id" ]]
	(($(used) == 0))
	run -0 --separate-stderr reconcile --reset --cache-only --yes -f state.yaml --format json "$B"
	[[ $(jq '.changes[0].freed_bytes' <<<"$output") == 0 ]] || fail_with "$output"
	settled
}

@test "a platform that no worker runs is a finding before anything is built, with its mend" {
	state_builder <<<"platforms: [linux/amd64, linux/riscv64]"
	apply
	run -0 --separate-stderr reconcile --plan -f state.yaml
	[[ $output == *"linux/riscv64 on ${B}0: no emulation registered on that machine"* ]] || fail_with "$output"
	[[ $output == *"emulation: {riscv64: install}"* ]] || fail_with "$output"
}

@test "the docker driver's cache is emptied by the Engine" {
	mkdir -p own
	cp "$RECONCILE_BUSYBOX" own/busybox
	printf 'FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "touch", "/%s"]\n' "$B" >own/Dockerfile
	docker buildx build --builder default --output type=cacheonly own 3>&-
	state <<-Y
		version: 1
		builders:
		  default: {driver: docker, cache: {reset: $B}}
	Y
	apply
	[[ $output == *"1 pruned."* ]] || fail_with "$output"
	settled
}

@test "a BuildKit from before v0.17 gets the policy in its own words, and has it in force" {
	local made old=moby/buildkit:v0.13.2
	made=$(docker create "$image_a")
	docker cp "$RECONCILE_BUILDKIT_OLD_BIN/buildkitd" "$made:/usr/bin/buildkitd"
	docker cp "$RECONCILE_BUILDKIT_OLD_BIN/buildctl" "$made:/usr/bin/buildctl"
	docker commit "$made" "$old" >/dev/null
	docker rm "$made" >/dev/null
	state_builder <<-Y
		driver-opts: {image: "$old"}
		cache: {max-used-space: 3GB}
	Y
	apply
	settled
	run -0 printed_in "buildx_buildkit_${B}0" buildctl debug workers -v
	[[ $output == *"v0.13.2"* && $output =~ "Keep Bytes:"[[:space:]]*3(\.[0-9]+)?GB ]] || fail_with "$output"
	run -0 build "$B"
	docker rm -fv "buildx_buildkit_${B}0" >/dev/null
	docker rmi "$old" >/dev/null
}
