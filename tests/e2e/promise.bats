#!/usr/bin/env bats
# A plan is a promise, a record is a way back, a secret stays one, and two runs do not meet.
load lib
setup() { common_setup; }
teardown() { common_teardown; }

with_image() { state_builder <<<"driver-opts: {image: \"$1\"}"; }

@test "a saved plan is applied exactly; once applied it has nothing left to do" {
	state_builder </dev/null
	run -0 reconcile --plan -f state.yaml -o plan.json
	jq -e '.format_version == "1.0" and .applyable and (.resource_changes | length) == 2' plan.json
	run -0 --separate-stderr reconcile --apply --yes -f state.yaml plan.json
	settled
	run -0 --separate-stderr reconcile --apply --yes -f state.yaml plan.json
	[[ $output == *"No changes."* ]]
}

@test "a saved plan is stale once its object has changed, and says which and where" {
	with_image "$image_a"
	apply
	with_image "$image_b"
	reconcile --plan -f state.yaml -o plan.json
	docker rm -f "buildx_buildkit_${B}0"
	run -3 --separate-stderr reconcile --apply --yes -f state.yaml plan.json
	[[ $stderr == *"builder.$B"* ]]
	run -0 reconcile --show plan.json
	[[ $output == *"$image_b"* ]]
}

@test "a saved plan that was edited, or cut down to nothing, is refused" {
	state_builder </dev/null
	reconcile --plan -f state.yaml -o plan.json
	local edit
	for edit in '.resource_changes = []' '.resource_changes = "x"' '.resource_changes[0].fields[0].after = "x"' '.plan_id = "x"' \
		'.resource_changes[0].steps = []'; do
		jq "$edit" plan.json >edited.json
		run -1 --separate-stderr reconcile --apply --yes -f state.yaml edited.json
		[[ $stderr == *"edited.json is no plan"* ]] || fail_with "$edit" "$stderr"
		[[ ! -e $BUILDX_CONFIG/instances/$B ]]
	done
	jq . plan.json >same.json
	run -0 --separate-stderr reconcile --apply --yes -f state.yaml same.json
}

@test "a saved plan is stale once the state file says something else" {
	with_image "$image_a"
	reconcile --plan -f state.yaml -o plan.json
	with_image "$image_b"
	run -3 --separate-stderr reconcile --apply --yes -f state.yaml plan.json
	[[ $stderr == *"state file"* ]]
}

@test "the same inputs give the same plan, byte for byte" {
	state_builder </dev/null
	reconcile --plan -f state.yaml --format json >one.json
	reconcile --plan -f state.yaml --format json >two.json
	cmp one.json two.json
}

@test "a snapshot taken here plans the same elsewhere, speculatively" {
	state_builder </dev/null
	apply
	with_image "$image_b"
	reconcile --snapshot -f state.yaml >live.json
	run -0 env -i PATH="$PATH" HOME=/nonexistent "$reconcile" --plan -f state.yaml --live live.json
	[[ $output == *"-/+ builder.$B"* ]]
	env -i PATH="$PATH" HOME=/nonexistent "$reconcile" --plan -f state.yaml --live live.json -o plan.json
	run -5 --separate-stderr reconcile --apply --yes -f state.yaml plan.json
}

@test "a rollback brings the former builder back with its cache, and the state that was rolled back is held" {
	with_image "$image_a"
	apply
	build "$B"
	with_image "$image_b"
	apply
	run -0 --separate-stderr reconcile --rollback --yes
	run -0 docker inspect -f '{{.Config.Image}}' "buildx_buildkit_${B}0"
	[[ $output == *"$image_a"* ]]
	run -0 build "$B"
	[[ $output == *CACHED* ]]
	run -5 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $stderr == *"--override-hold"* ]]
	apply --override-hold
	settled
}

@test "a rollback of a creation removes, and a rollback of a removal creates" {
	docker buildx create --name "$B" --driver docker-container --bootstrap --driver-opt memory=300m
	cp "$BUILDX_CONFIG/instances/$B" before
	state <<-Y
		version: 1
		builders:
		  $B: {state: absent}
		  $B-new: {}
	Y
	apply
	run -0 --separate-stderr reconcile --rollback --yes
	cmp before "$BUILDX_CONFIG/instances/$B"
	[[ -n $(container_id "${B}0") ]]
	run -1 container_id "$B-new0"
	run -0 docker buildx ls
}

@test "a rollback removes no protected builder without --allow-protected" {
	state_builder <<<"protect: true"
	apply
	run -5 --separate-stderr reconcile --rollback --yes
	[[ $stderr == *"--allow-protected"* && -n $(container_id "${B}0") ]]
	run -0 --separate-stderr reconcile --rollback --yes --allow-protected
}

@test "the history is a git repository that git itself can read" {
	state_builder </dev/null
	apply
	with_image "$image_b"
	apply
	run -0 reconcile --history
	[[ ${#lines[@]} -ge 2 ]]
	run -0 git --git-dir="$RECONCILE_HISTORY" log -p main
	[[ $output == *"Plan-Id:"* && $output == *"Status: applied"* && $output == *plan.json* && $output == *desired.yaml* ]]
	run -0 git --git-dir="$RECONCILE_HISTORY" fsck --strict
	[[ $(stat -c %a "$RECONCILE_HISTORY") == 700 ]]
	run -0 reconcile --show
	[[ $output == *"builder.$B"* ]]
	run -0 reconcile --show HEAD~1
}

@test "secrets are in force and in no output, plan, record or message" {
	export DEPLOY_KEY=s3cr3t-alpha
	state_builder <<-'Y'
		driver-opts:
		  env.DEPLOY: !secret "${DEPLOY_KEY}"
		  env.REGISTRY_PASSWORD: s3cr3t-bravo
		  env.HTTP_PROXY: "http://user:s3cr3t-charlie@proxy.example.com:3128"
	Y
	{
		reconcile --plan -v -f state.yaml -o plan.json
		reconcile --plan -f state.yaml --format json
		reconcile --plan -f state.yaml --format markdown
		reconcile --plan -f state.yaml --format github
		reconcile --apply --yes -v -f state.yaml
		reconcile --snapshot -f state.yaml
		reconcile --import
		docker update --memory 300m --memory-swap 600m "buildx_buildkit_${B}0"
		reconcile --plan -v -f state.yaml
		reconcile --doctor -f state.yaml
		reconcile --history
		reconcile --show
		git --git-dir="$RECONCILE_HISTORY" log -p main
	} >everything 2>&1
	run -0 docker inspect -f '{{.Config.Env}}' "buildx_buildkit_${B}0"
	[[ $output == *s3cr3t-alpha* && $output == *s3cr3t-bravo* && $output == *s3cr3t-charlie* ]]
	[[ $(wc -l <everything) -gt 100 ]]
	run -1 grep -n s3cr3t everything plan.json
}

@test "a second run waits, then says who holds the lock" {
	state_builder </dev/null
	mkdir -p "$BUILDX_CONFIG"
	exec 9>"$BUILDX_CONFIG/.reconcile.lock"
	flock 9
	run -4 --separate-stderr reconcile --apply --yes --lock-timeout 1 -f state.yaml
	[[ $stderr == *lock* ]]
	exec 9>&-
	apply
}

@test "a cluster that nothing leads to is unknown, and not absent: nothing is done" {
	state <<-Y
		version: 1
		builders:
		  $B-kube: {driver: kubernetes}
	Y
	run -0 reconcile --validate -f state.yaml
	KUBECONFIG='' run -8 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $output$stderr == *kubeconfig* ]]
	[[ ! -e $BUILDX_CONFIG/instances/$B-kube ]]
}

@test "--only a builder that no state file names is a mistake, not a match" {
	state_builder </dev/null
	run -64 --separate-stderr reconcile --plan -f state.yaml --only "${B}x"
	[[ $stderr == *"no builder \"${B}x\""*"did you mean \"$B\""* ]]
	run -2 --separate-stderr reconcile --check -f state.yaml --only "$B"
}

@test "bad state files: every error at once, at its place, exit 65; bad usage 64" {
	state <<-'Y'
		version: 1
		builders:
		  ci: {platfroms: [linux/amd64], driver: dokcer-container}
		  9x: {}
	Y
	run -65 --separate-stderr reconcile --validate -f state.yaml
	[[ $stderr == *'state.yaml:3:8: unknown key "platfroms"'*'did you mean "platforms"?'* ]]
	[[ $stderr == *dokcer-container* && $stderr == *9x* ]]
	run -64 --separate-stderr reconcile --aply
	[[ $stderr == *"--apply"* ]]
}
