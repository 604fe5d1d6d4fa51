#!/usr/bin/env bats
# The container image: built by a builder that this program made, and what it does in there.
# Of a container that ends at once the stream may be cut short: exit codes and files say how it went.
load ../e2e/lib

setup_file() {
	case $(uname -m) in
	x86_64) export arch=amd64 ;;
	aarch64) export arch=arm64 ;;
	esac
	make -s -C "$BATS_TEST_DIRNAME/../.." "static-$arch" >&2
}
setup() {
	common_setup
	[[ -z ${RECONCILE_TEST_DOCKER_HOST:-} ]] || skip "mounts folders of this machine, so not on an engine that was lent"
	mkdir -p context/"$arch" out
	cp "$root/build/static/$arch/reconcile" context/"$arch"/
	state_builder <<<'driver-opts: {memory: 1g}'
	apply
	image=reconcile-test:$B
}
teardown() {
	[[ -z ${image:-} ]] || docker rmi -f "$image" >/dev/null 2>&1 || true
	common_teardown
}

image() { # argument of docker buildx build…
	docker buildx build --builder "$B" --progress plain --provenance=false -f "$root/.packages/Dockerfile" \
		--build-arg VERSION=0.1.0 --build-arg REVISION=abc --build-arg CREATED=2026-11-26T00:00:00Z \
		--build-arg REPOSITORY=https://example.com/reconcile --build-arg SOURCE_DATE_EPOCH=1795651200 "$@" context >build.log 2>&1 ||
		fail_with "$(<build.log)"
}
# With the store and the Engine of this machine, as the README says.
contained() { # argument of reconcile…
	docker run --rm --network none -v "$BUILDX_CONFIG:$BUILDX_CONFIG" -v "$DOCKER_CONFIG:/root/.docker:ro" -v "$RECONCILE_ENGINE_SOCK:$RECONCILE_ENGINE_SOCK" \
		-v "$PWD:/work" -w /work -e BUILDX_CONFIG -e DOCKER_HOST "$image" "$@"
}

@test "image: the program, what says what it is, and nothing else" {
	image --output type=tar,dest=image.tar
	run -0 tar -tf image.tar
	[[ $output == $'usr/\nusr/bin/\nusr/bin/reconcile' ]] || fail_with "$output"
	tar -xOf image.tar usr/bin/reconcile | cmp - "context/$arch/reconcile"
	image --load -t "$image"
	run -0 docker image inspect -f '{{range $k, $v := .Config.Labels}}{{$k}}={{$v}} {{end}}{{.Config.User}}{{.Config.Entrypoint}}' "$image"
	[[ $output == *"image.version=0.1.0 "*"[/usr/bin/reconcile]" && $output == *"image.revision=abc "* &&
		$output == *"image.source=https://example.com/reconcile "* && $output == *"image.licenses=Apache-2.0 "* ]] || fail_with "$output"
}

@test "image: the same bytes twice" {
	image --no-cache --output type=oci,dest=one.tar,rewrite-timestamp=true
	image --no-cache --output type=oci,dest=two.tar,rewrite-timestamp=true
	# The archive itself has times; what a registry gets is the index and what it names.
	for archive in one two; do
		mkdir "$archive" && tar -C "$archive" -xf "$archive.tar"
	done
	diff <(jq -S '.manifests[].digest' one/index.json) <(jq -S '.manifests[].digest' two/index.json)
	diff <(ls one/blobs/sha256) <(ls two/blobs/sha256)
}

@test "image: plans with the store and the Engine of the machine" {
	image --load -t "$image"
	contained --version
	contained --check -f state.yaml
	sed -i 's/memory: 1g/memory: 2g/' state.yaml
	# There is no docker in it to boot a node with: what it would do is blocked, and that is its exit code.
	run contained --check -f state.yaml
	[[ $status -eq 8 ]] || fail_with "exit $status" "$output"
	run contained --plan -f state.yaml -o out/plan.json
	[[ $status -eq 8 ]] || fail_with "exit $status" "$output"
	run -0 jq -r --arg address "builder.$B" '.resource_changes[] | select(.address == $address) | .action' out/plan.json
	[[ $output == replace ]] || fail_with "$output" "$(<out/plan.json)"
}
