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

@test "a context of a program that does not run is started, and removed only when the program is gone" {
	export HOME=$PWD
	docker context create here --docker "host=$DOCKER_HOST" >/dev/null
	docker context create colima --docker "host=unix://$HOME/.colima/default/docker.sock" >/dev/null
	docker context use colima >/dev/null
	unset DOCKER_HOST
	run ! docker ps
	mkdir bin
	printf '#!/bin/sh\n' >bin/colima
	chmod +x bin/colima
	told() { # jq filter over the faults of Colima's context, what it must say
		run -0 --separate-stderr env PATH="$PWD/bin:$PATH" "$reconcile" --doctor --format json
		jq -e "[.. | objects | select(.subject? == \"engine.colima\" or .subject? == \"context.colima\")] | length == 1 and (.[0] | $1)" <<<"$output" || fail_with "$output"
	}
	told '.code == "engine-unreachable" and (.mend | startswith("run `colima start`; or run `docker context use "))'
	told "(.message | contains(\"it is Colima's, which is installed here ($PWD/bin/colima) and does not run\")) and (.mend | contains(\"absent\") | not)"
	rm bin/colima
	told '(.message | contains("nothing of that program was found here")) and (.mend | endswith("install Colima again"))'
	docker context use here >/dev/null
	told '.code == "context-leftover"'
	printf 'version: 1\ncontexts: {colima: {state: absent}}\n' >state.yaml
	apply
	run -0 docker context ls --format '{{.Name}}'
	[[ $output != *colima* ]]
	settled
}

@test "an unreachable engine is ? with its reason and exit 8, never absence" {
	state_builder <<<'endpoint: unix:///nonexistent/docker.sock'
	run -8 --separate-stderr reconcile --plan -f state.yaml
	[[ $output == *"? builder.$B"* && $output == *"/nonexistent/docker.sock"* ]]
	run -8 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ ! -e $BUILDX_CONFIG/instances/$B ]]
}

store_listing() { # everything but locks, times of last use and what was set aside
	(cd "$BUILDX_CONFIG" && find . \( -name .lock -o -name .reconcile.lock -o -name .reconcile-aside \) -prune -o -type f -printf '%p %m ' -exec sha256sum {} \; -o -printf '%p %m %y %l\n' | sort)
}

@test "a rollback brings back what was damaged, byte for byte, and what was moved aside; rolled back itself, it is mended again" {
	docker buildx create --name "$B-fine" --driver docker-container
	docker buildx use "$B-fine"
	mkdir -p "$BUILDX_CONFIG"/{instances,refs}
	printf '{"Name":"broken","Driver":"docker-con' >"$BUILDX_CONFIG/instances/broken"
	printf 'Bud1' >"$BUILDX_CONFIG/instances/.DS_Store"
	chmod 640 "$BUILDX_CONFIG/instances/.DS_Store"
	ln -s /nowhere "$BUILDX_CONFIG/instances/dangling"
	mkdir "$BUILDX_CONFIG/instances/folder"
	: >"$BUILDX_CONFIG/activity/$B-fine"
	printf '{"Key":' >"$BUILDX_CONFIG/current"
	printf '{"Name":' >"$BUILDX_CONFIG/instances/$B" # which the state file wants
	local before
	before=$(store_listing)
	apply
	run -0 docker buildx ls
	local node
	node=$(container_id "${B}0")
	run -0 --separate-stderr reconcile --rollback --yes
	[[ $output == *"file.instances/broken"*"as it was before, damaged: "* ]] || fail_with "$output"
	[[ $(store_listing) == "$before" ]] || fail_with "$(diff <(echo "$before") <(store_listing))"
	[[ $(container_id "${B}0") == "$node" ]] # and its cache with it
	run -1 docker buildx ls
	run -0 --separate-stderr reconcile --rollback --yes
	run -0 docker buildx ls
}

@test "an apply that fails does not bring back what it mended" {
	local none=reconcile-test-none:$B
	printf '{"Name":"broken","Driver":"docker-con' >"$BUILDX_CONFIG/instances/broken"
	tar -C "$(dirname "$RECONCILE_BUSYBOX")" -c busybox | docker import -c 'ENTRYPOINT ["/busybox", "false"]' - "$none" >/dev/null
	state_builder <<<"driver-opts: {image: \"$none\", restart-policy: \"no\"}"
	run -6 --separate-stderr reconcile --apply --yes -f state.yaml
	docker rmi -f "$none" >/dev/null
	[[ ! -e $BUILDX_CONFIG/instances/broken ]]
	run -0 docker buildx ls
}

@test "the doctor's JSON has the command, the line, who mends it, and of leftovers their size and age" {
	docker volume create "buildx_buildkit_${B}-gone0_state" >/dev/null
	printf '{"Key":"%s","Name":"gone","Global":false}' "$DOCKER_HOST" >"$BUILDX_CONFIG/current"
	run -0 --separate-stderr reconcile --doctor --format json
	local volume current
	volume=$(jq -c --arg n "volume.buildx_buildkit_${B}-gone0_state" '.faults[] | select(.subject == $n)' <<<"$output")
	[[ $(jq -r '[.code, .repair, .command, (.size | type), (.created | type), (.age_seconds | type)] | join(" ")' <<<"$volume") == \
		"orphan-volume none docker -H $DOCKER_HOST volume rm buildx_buildkit_${B}-gone0_state number string number" ]] || fail_with "$volume"
	current=$(jq -c '.faults[] | select(.code == "current-stale")' <<<"$output")
	[[ $(jq -r '[.repair, .state_line] | join(" ")' <<<"$current") == "apply-declared selected: default" ]] || fail_with "$current"
	run -0 --separate-stderr reconcile --doctor -v
	[[ $output == *"belongs to no builder of this store; 0 B, made "*" ago"* ]] || fail_with "$output"
}
