#!/usr/bin/env bats
# A damaged store: each kind of damage is a fault with its path, the rest is planned all the same, and an apply makes
# `docker buildx ls` work again. Nothing damaged is lost: its bytes are in the record.
load lib
setup() {
	common_setup
	mkdir -p "$BUILDX_CONFIG"/{instances,activity,defaults}
	state_builder </dev/null
}
teardown() { common_teardown; }

# The plan shows the fault and its path, the apply mends it, BuildX works, nothing is left to do.
repaired() { # code path
	run -0 --separate-stderr reconcile --doctor -f state.yaml
	[[ $output == *"$1"* && $output == *"$2"* ]] || fail_with "no $1 at $2 in: $output"
	differs "+ builder.$B"
	apply
	run -0 docker buildx ls
	settled
}
kept_in_record() { # path below the store, content
	ref=$(git --git-dir="$RECONCILE_HISTORY" for-each-ref --format='%(refname)' refs/reconcile/private | head -1)
	[[ $(git --git-dir="$RECONCILE_HISTORY" show "$ref:store/$1") == "$2" ]]
}

@test "empty instance file" {
	: >"$BUILDX_CONFIG/instances/broken"
	run -1 docker buildx ls
	repaired instance- instances/broken
}
@test "instance file cut short" {
	printf '{"Name":"broken","Driver":"docker-con' >"$BUILDX_CONFIG/instances/broken"
	run -1 docker buildx ls
	repaired instance- instances/broken
	kept_in_record instances/broken '{"Name":"broken","Driver":"docker-con'
}
@test "NUL bytes in an instance file" {
	head -c 300 /dev/zero >"$BUILDX_CONFIG/instances/broken"
	run -1 docker buildx ls
	repaired instance- instances/broken
}
@test "files that are no builders" {
	printf x >"$BUILDX_CONFIG/instances/.DS_Store"
	printf '{}' >"$BUILDX_CONFIG/instances/.tmp-ci123"
	printf '{}' >"$BUILDX_CONFIG/instances/ci~"
	run -1 docker buildx ls
	repaired "" instances/.DS_Store
}
@test "a name inside that is not the file's" {
	printf '{"Name":"other","Driver":"docker-container","Nodes":[{"Name":"other0","Endpoint":"x"}],"Dynamic":false}' >"$BUILDX_CONFIG/instances/broken"
	repaired instance- instances/broken
}
@test "{} and null" {
	printf '{}' >"$BUILDX_CONFIG/instances/broken"
	printf 'null' >"$BUILDX_CONFIG/instances/broken2"
	repaired instance- instances/broken2
}
@test "no driver and no nodes" {
	printf '{"Name":"broken","Driver":"","Nodes":[],"Dynamic":false}' >"$BUILDX_CONFIG/instances/broken"
	repaired instance- instances/broken
}
@test "empty activity file" {
	docker buildx create --name "$B-fine" --driver docker-container
	: >"$BUILDX_CONFIG/activity/$B-fine"
	run -1 docker buildx ls
	repaired activity- "activity/$B-fine"
	[[ -e $BUILDX_CONFIG/instances/$B-fine ]]
}
@test "corrupt current" {
	printf '{"Key":' >"$BUILDX_CONFIG/current"
	repaired current- current
}

@test "the damaged builder is one that the state file wants: it is made anew, its cache is taken over" {
	apply
	build "$B"
	printf '{"Name":' >"$BUILDX_CONFIG/instances/$B"
	run -1 docker buildx ls
	differs "! builder.$B"
	apply
	settled
	run -0 build "$B"
	[[ $output == *CACHED* ]]
}

@test "desktop-linux on a named pipe" {
	# The docker command line refuses to make one here, so it arrives as it does in life: as a copied file.
	docker context create desktop-linux --docker "host=$DOCKER_HOST" >/dev/null
	meta=$(echo "$DOCKER_CONFIG"/contexts/meta/*/meta.json)
	jq -c '.Endpoints.docker.Host="npipe:////./pipe/dockerDesktopLinuxEngine"' "$meta" >m && cp m "$meta"
	run -0 docker buildx ls
	[[ $output == *"protocol not available"* ]]
	cat >>state.yaml <<-Y
		contexts:
		  desktop-linux: {endpoint: "$DOCKER_HOST"}
	Y
	run -0 --separate-stderr reconcile --doctor -f state.yaml
	[[ $output == *npipe* ]]
	differs "context.desktop-linux" "npipe" "$DOCKER_HOST"
	apply
	run -0 docker buildx ls
	[[ $output != *"protocol not available"* ]]
	run -0 docker context inspect desktop-linux --format '{{.Endpoints.docker.Host}}'
	[[ $output == "$DOCKER_HOST" ]]
	settled
}

@test "desktop-linux as the current context stops every docker command; mended, the builder is made in it" {
	docker context create desktop-linux --docker "host=$DOCKER_HOST" >/dev/null
	docker context use desktop-linux >/dev/null
	meta=$(echo "$DOCKER_CONFIG"/contexts/meta/*/meta.json)
	jq -c '.Endpoints.docker.Host="npipe:////./pipe/dockerDesktopLinuxEngine"' "$meta" >m && cp m "$meta"
	cat >>state.yaml <<-Y
		contexts:
		  desktop-linux: {endpoint: "$DOCKER_HOST"}
	Y
	unset DOCKER_HOST
	run ! docker ps
	[[ $output == *"protocol not available"* ]]
	# One plan mends the context and makes the builder that lives in it.
	apply
	settled
	run -0 docker buildx ls
	[[ $output == *"$B"* ]]
}

@test "an unreachable engine is ? with its reason and exit 8, never absence" {
	state_builder <<<'endpoint: unix:///nonexistent/docker.sock'
	run -8 --separate-stderr reconcile --plan -f state.yaml
	[[ $output == *"? builder.$B"* && $output == *"/nonexistent/docker.sock"* ]]
	run -8 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ ! -e $BUILDX_CONFIG/instances/$B ]]
}
