#!/usr/bin/env bats
# Changes that BuildX cannot make in a running node, and what becomes of the cache.
load lib
setup() { common_setup; }
teardown() { common_teardown; }

with_image() { state_builder <<<"driver-opts: {image: \"$1\"}"; }

@test "an image change replaces the node and keeps its cache: a second build says CACHED" {
	with_image "$image_a"
	apply
	build "$B"
	before=$(container_id "${B}0")
	with_image "$image_b"
	differs "-/+ builder.$B" "driver-opts.image" "$image_a → $image_b" "forces replacement" "cache: kept"
	apply
	[[ $(container_id "${B}0") != "$before" ]]
	run -0 docker inspect -f '{{.Config.Image}}' "buildx_buildkit_${B}0"
	[[ $output == *"$image_b"* ]]
	run -0 build "$B"
	[[ $output == *CACHED* ]]
	settled
}

@test "keep-state: false loses the cache, and the plan says so" {
	with_image "$image_a"
	apply
	build "$B"
	state_builder <<-Y
		driver-opts: {image: "$image_b"}
		cache: {keep-state: false}
	Y
	differs "cache: lost"
	apply
	run -0 build "$B"
	[[ $output != *CACHED* ]]
}

@test "platforms change in place: the container is not touched" {
	state_builder <<<"platforms: [linux/amd64]"
	apply
	id=$(container_id "${B}0")
	state_builder <<<"platforms: [linux/amd64, linux/386]"
	differs "~ builder.$B" "platforms" "linux/amd64,linux/386"
	apply
	[[ $(container_id "${B}0") == "$id" ]]
	settled
}

@test "nodes are added and removed" {
	docker context create "$B-ctx" --docker "host=$DOCKER_HOST" >/dev/null
	state_builder <<-Y
		nodes:
		  $B-x: {platforms: [linux/amd64]}
	Y
	apply
	first=$(container_id "$B-x")
	state_builder <<-Y
		nodes:
		  $B-x: {platforms: [linux/amd64]}
		  $B-y: {endpoint: $B-ctx, platforms: [linux/386]}
	Y
	apply
	[[ $(container_id "$B-x") == "$first" && -n $(container_id "$B-y") ]]
	settled
	state_builder <<-Y
		nodes:
		  $B-x: {platforms: [linux/amd64]}
	Y
	differs "nodes.$B-y" "cache: retained for 24h in volume buildx_buildkit_$B-y_state"
	apply
	run -1 container_id "$B-y"
	[[ $(container_id "$B-x") == "$first" ]]
	settled
}

@test "while a selected builder is replaced its fallback is selected, and it again afterwards" {
	with_image "$image_a"
	apply
	state_builder <<-Y
		driver-opts: {image: "$image_b"}
		fallback: default
	Y
	run -0 reconcile --plan -v -f state.yaml
	[[ $output == *"select meanwhile the context's own builder"*"select $B"* ]]
	apply
	settled
}

@test "state: absent removes builder and container, and with --no-retain the volume; the plan says what becomes of the cache" {
	state_builder </dev/null
	apply
	state <<-Y
		version: 1
		builders:
		  $B: {state: absent}
	Y
	differs "- builder.$B" "cache: retained for 24h"
	run -0 reconcile --plan --no-retain -f state.yaml
	[[ $output == *"lost: volume buildx_buildkit_${B}0_state is removed"* ]]
	apply --no-retain
	run -1 container_id "${B}0"
	run -1 docker volume inspect "buildx_buildkit_${B}0_state"
	[[ ! -e $BUILDX_CONFIG/instances/$B ]]
	run -0 docker buildx ls
	settled
}

@test "protected builders are not removed without --allow-protected; --max-remove bounds a state file gone wrong" {
	state_builder </dev/null
	apply
	state <<-Y
		version: 1
		builders:
		  $B: {state: absent, protect: true}
	Y
	run -5 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $stderr$output == *"--allow-protected"* ]]
	[[ -n $(container_id "${B}0") ]]
	run -5 --separate-stderr reconcile --apply --yes --allow-protected --max-remove 0 -f state.yaml
	[[ -n $(container_id "${B}0") ]]
	apply --allow-protected
	run -1 container_id "${B}0"
}

@test "unmanaged: remove removes what no state file names, and only that" {
	docker buildx create --name "$B-stray" --driver docker-container --bootstrap
	state <<-Y
		version: 1
		unmanaged: remove
		builders:
		  $B: {}
	Y
	differs "+ builder.$B" "- builder.$B-stray"
	apply
	run -1 container_id "$B-stray0"
	settled
}

@test "--reset makes a builder afresh: an empty cache, everything else as before" {
	state_builder </dev/null
	apply
	build "$B"
	before=$(container_id "${B}0")
	run -0 --separate-stderr reconcile --reset --yes -f state.yaml "$B"
	[[ $output == *"! builder.$B"* ]]
	[[ $(container_id "${B}0") != "$before" ]]
	settled
	run -0 build "$B"
	[[ $output != *CACHED* ]]
}
