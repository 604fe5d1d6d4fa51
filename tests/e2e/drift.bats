#!/usr/bin/env bats
# Whatever is changed behind its back is found, said and mended, and nothing else is touched.
load lib
setup() {
	common_setup
	state_builder <<-'Y'
		driver-opts: {memory: 512m, env.GREETING: hello}
		buildkitd: {debug: true}
	Y
	apply
}
teardown() { common_teardown; }

mended() {
	apply
	settled
	run -0 build "$B"
}
# Makes the node's container anew by hand, as it is but for what the arguments say.
recreate() {
	local image=$image_a
	[[ ${1:-} != --image ]] || { image=$2; shift 2; }
	docker cp "buildx_buildkit_${B}0:/etc/buildkit" etc-buildkit
	docker rm -f "buildx_buildkit_${B}0" >/dev/null
	docker create --name "buildx_buildkit_${B}0" --privileged --init --restart unless-stopped --cgroup-parent /docker/buildx \
		-v "buildx_buildkit_${B}0_state:/var/lib/buildkit" "$@" "$image" \
		--config /etc/buildkit/buildkitd.toml --allow-insecure-entitlement=network.host >/dev/null
	docker cp etc-buildkit/. "buildx_buildkit_${B}0:/etc/buildkit"
	docker start "buildx_buildkit_${B}0" >/dev/null
}

@test "recreated by hand just as it was: no difference" {
	recreate -m 512m -e GREETING=hello
	settled
}

@test "instance file edited" {
	file=$BUILDX_CONFIG/instances/$B
	jq -c '.Nodes[0].DriverOpts["memory"]="1g"' "$file" >edited && cp edited "$file"
	id=$(container_id "${B}0")
	differs "memory" "1g" "512m"
	mended
	# The container was right all along, so it was not touched.
	[[ $(container_id "${B}0") == "$id" ]]
}

@test "container removed" {
	docker rm -f "buildx_buildkit_${B}0"
	differs "container of node ${B}0 is gone"
	mended
}

@test "container stopped" {
	docker stop -t 1 "buildx_buildkit_${B}0"
	differs "exited"
	mended
}

@test "container paused" {
	docker pause "buildx_buildkit_${B}0"
	differs "paused"
	mended
}

@test "container recreated with another image" {
	recreate --image "$image_b" -m 512m -e GREETING=hello
	differs "container.image" "$image_b" "forces replacement"
	mended
}

@test "container recreated with another memory limit" {
	recreate -m 256m -e GREETING=hello
	differs "container.memory" "256MiB"
	mended
}

@test "memory limit changed in the running container" {
	docker update --memory 300m --memory-swap 600m "buildx_buildkit_${B}0"
	differs "container.memory" "300MiB"
	mended
}

@test "container recreated with another environment" {
	recreate -m 512m -e GREETING=goodbye -e EXTRA=1
	differs "GREETING" "goodbye" "EXTRA"
	mended
}

@test "config file inside the container changed" {
	printf 'debug = false\n' >changed.toml
	docker cp changed.toml "buildx_buildkit_${B}0:/etc/buildkit/buildkitd.toml"
	differs "buildkitd.toml" "debug"
	mended
}

@test "builder deselected, and another one used by someone" {
	docker buildx use default
	differs "selected" "default → $B"
	mended
	docker buildx create --name "$B-x" --driver docker-container --use
	differs "selected" "$B-x → $B"
	mended
	run -0 docker buildx inspect
	[[ $output == *"$B"* && $output != *"$B-x"* ]]
}

@test "docker buildx rm by someone else" {
	docker buildx rm "$B"
	differs "+ builder.$B" "not in the store"
	mended
}

@test "docker buildx rm --keep-state: the cache comes back" {
	build "$B"
	docker buildx rm --keep-state "$B"
	differs "+ builder.$B" "buildx_buildkit_${B}0_state"
	apply
	run -0 build "$B"
	[[ $output == *CACHED* ]]
}

@test "docker buildx create --append by someone else" {
	docker context create "$B-ctx" --docker "host=$DOCKER_HOST" >/dev/null
	docker buildx create --append --name "$B" --node "${B}-extra" "$B-ctx"
	differs "nodes.${B}-extra"
	mended
	jq -e '.Nodes | length == 1' "$BUILDX_CONFIG/instances/$B"
}

@test "a failed create --append, which empties the nodes that were there" {
	docker buildx create --append --name "$B" --node "${B}-extra" "nonsense://x" || true
	docker buildx create --append --name "$B" --node "$B-bad" --driver-opt no-such-option=1 "$DOCKER_HOST" || true
	reconcile --plan -f state.yaml
	mended
}
