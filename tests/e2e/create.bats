#!/usr/bin/env bats
# A builder from nothing: made, used, found right, and recorded.
load lib
setup() { common_setup; }
teardown() { common_teardown; }

@test "creates a builder that builds, then has nothing to do" {
	state_builder <<-Y
		driver-opts: {memory: 1g, env.GREETING: hello}
	Y
	run -0 --separate-stderr reconcile --plan -f state.yaml
	[[ $output == *"+ builder.$B"* ]]
	[[ $output == *"Plan: 1 to create"* ]]
	run -1 container_id "${B}0"
	apply
	run -0 build
	settled
	run -0 docker buildx ls
	[[ $output == *"$B"* ]]
	run -0 docker inspect -f '{{.HostConfig.Memory}} {{.Config.Env}}' "buildx_buildkit_${B}0"
	[[ $output == 1073741824*GREETING=hello* ]]
}

@test "a second apply does nothing, says so, and leaves no record" {
	state_builder </dev/null
	apply
	id=$(container_id "${B}0")
	apply
	[[ $output == *"No changes."* ]]
	[[ $(container_id "${B}0") == "$id" ]]
	run -0 git --git-dir="$RECONCILE_HISTORY" rev-list --count main
	[[ $output == 1 ]]
}

@test "several builders come up side by side" {
	state <<-Y
		version: 1
		builders:
		  $B-a: {}
		  $B-b: {}
		  $B-c: {bootstrap: false}
	Y
	apply --parallel 3
	settled
	[[ -n $(container_id "$B-a0") && -n $(container_id "$B-b0") ]]
	run -1 container_id "$B-c0"
}

@test "a builder made by docker buildx create with the same settings is no difference" {
	cat >buildkitd.toml <<-'T'
		debug = true
		[worker.oci]
		  gc = true
		  maxUsedSpace = "40GB"
		[registry."docker.io"]
		  mirrors = ["mirror.example.com"]
	T
	docker buildx create --name "$B" --use --driver docker-container --driver-opt "memory=512m,env.A=b,network=host" \
		--driver-opt '"env.LIST=a,b"' --buildkitd-flags '--oci-worker-gc --debug' --config buildkitd.toml --platform linux/amd64 \
		--bootstrap
	state_builder <<-'Y'
		driver-opts: {memory: 512m, env.A: b, network: host, env.LIST: "a,b"}
		buildkitd-flags: [--oci-worker-gc, --debug]
		buildkitd-config: buildkitd.toml
		platforms: [linux/amd64]
	Y
	settled
}

@test "a builder made with no settings is no difference, booted or not" {
	docker buildx create --name "$B" --use --driver docker-container
	state_builder <<<"bootstrap: false"
	settled
	docker buildx inspect --bootstrap "$B"
	settled
	state_builder </dev/null
	settled
}

@test "buildkitd, cache policy and flags are in force in the daemon's container" {
	state_builder <<-'Y'
		buildkitd: {debug: true}
		cache: {max-used-space: 5GB, reserved-space: 1GB}
	Y
	apply
	settled
	run -0 inside "buildx_buildkit_${B}0" /etc/buildkit/buildkitd.toml
	[[ $output == *debug* ]]
	run -0 build
}

@test "unmanaged builders are left alone and named in one line" {
	docker buildx create --name "$B-other" --driver docker-container
	state_builder </dev/null
	apply
	[[ $output == *"$B-other"* ]]
	run -0 docker buildx inspect "$B-other"
	settled
}

@test "without a terminal an apply needs --yes" {
	state_builder </dev/null
	run -64 --separate-stderr reconcile --apply -f state.yaml
	[[ $stderr == *"--yes"* ]]
	run -1 container_id "${B}0"
}

@test "a mirror, an authority and a key pair of a registry travel into the node" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=reg -keyout reg-key.pem -out reg.pem 2>/dev/null
	state_builder <<-'Y'
		buildkitd:
		  registry:
		    registry.example.com:
		      mirrors: [mirror.example.com]
		      ca: [reg.pem]
		      keypair: [{key: reg-key.pem, cert: reg.pem}]
	Y
	apply
	settled
	run -0 inside "buildx_buildkit_${B}0" /etc/buildkit/certs/registry.example.com/reg.pem
	[[ $output == "$(cat reg.pem)" ]]
	run -0 inside "buildx_buildkit_${B}0" /etc/buildkit/buildkitd.toml
	[[ $output == *mirror.example.com*/etc/buildkit/certs/registry.example.com/reg.pem* ]]
	reconcile --snapshot -f state.yaml >live.json
	run -1 grep -c "$(sed -n 2p reg-key.pem)" live.json
	# As BuildX itself would carry them.
	cat >bk.toml <<-T
		[registry."registry.example.com"]
		  mirrors = ["mirror.example.com"]
		  ca = ["$PWD/reg.pem"]
		  [[registry."registry.example.com".keypair]]
		    key = "$PWD/reg-key.pem"
		    cert = "$PWD/reg.pem"
	T
	docker buildx rm "$B"
	docker buildx create --name "$B" --driver docker-container --use --config bk.toml --bootstrap
	settled
}
