#!/usr/bin/env bats
# The roles that .packages/kubernetes grants: enough, no verb too many, and what a missing one means.
# shellcheck disable=SC2154 # lib.bash sets namespace, B

load lib

setup() {
	kubernetes_setup
	roles
}
teardown() { kubernetes_teardown; }

# "VERB GROUP/RESOURCE", sorted: what roles grant, and what the account asked for since as_account, but for what everybody
# may ask: what he may. From 1.35 on an exec by websocket takes `create` too, which this API server does not ask for.
granted() { kube get role "$@" -o json | jq -r '(.items // [.])[] | .rules[] | .apiGroups[0] as $group | .resources[] as $what | .verbs[] | . + " " + $group + "/" + $what' | grep -vxF 'create /pods/exec' | sort -u; }
asked() {
	tail -n "+$((asked_before + 1))" "$RECONCILE_CLUSTER_AUDIT" | jq -r --arg user "$account" 'select(.user.username == $user and .objectRef != null) |
		select((.objectRef.apiGroup // "") | endswith(".k8s.io") | not) |
		.verb + " " + (.objectRef.apiGroup // "") + "/" + .objectRef.resource + (if .objectRef.subresource then "/" + .objectRef.subresource else "" end)' | sort -u
}
builder() { # its line of the state file
	printf 'version: 1\nbuilders:\n  %s:\n    driver: kubernetes\n    driver-opts: {%s}\n' "$B" "$1" >state.yaml
}

@test "plan.yaml: a plan is whole, and takes every verb of it" {
	kubectl apply -f plan.yaml
	docker buildx create --name "$B" --driver kubernetes --bootstrap
	# BuildX noted the file, which is this user's from now on.
	cp "$KUBECONFIG" noted
	as_account reconcile-plan
	cp "$KUBECONFIG" "$BATS_TEST_TMPDIR/admin.kubeconfig"
	builder 'replicas: 1'
	run -0 --separate-stderr reconcile --check -f state.yaml
	[[ $output == *"No changes."* && $output != *"may not"* ]] || fail_with "$output" "$stderr"
	# The events are asked for where nothing else says why a pod is not ready, such as a volume that is not there.
	kube patch deployment "${B}0" --type json -p '[{"op": "add", "path": "/spec/template/spec/volumes", "value": [{"name": "x", "configMap": {"name": "none"}}]}]'
	wait_until 120 asked_for_events
	diff <(granted reconcile-plan) <(asked) >&2
}
asked_for_events() {
	reconcile --check -f state.yaml >/dev/null 2>&1 || true
	asked | grep -xF 'list /events'
}

@test "a role without exec: what is behind the pods is unknown, and the verb is named" {
	kubectl apply -f plan.yaml
	docker buildx create --name "$B" --driver kubernetes --bootstrap
	kube get role reconcile-plan -o json | jq 'del(.rules[] | select(.resources == ["pods/exec"]))' | kubectl replace -f -
	as_account reconcile-plan
	cp "$KUBECONFIG" "$BATS_TEST_TMPDIR/admin.kubeconfig"
	builder 'replicas: 1'
	run -0 --separate-stderr reconcile --check -f state.yaml
	[[ $output == *"No changes."* ]] || fail_with "$output"
	run -0 --separate-stderr reconcile --doctor
	[[ $output == *pods/exec* ]] || fail_with "$output"
}

@test "plan.yaml alone: an apply says what is missing, and writes nothing" {
	kubectl apply -f plan.yaml
	as_account reconcile-plan
	builder "namespace: $namespace"
	run -0 --separate-stderr reconcile --plan -f state.yaml
	run --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $status -eq 5 ]] || fail_with "exit $status" "$output" "$stderr"
	local said=$output$stderr
	for want in "$account may not create deployments.apps, get deployments.apps ${B}0, patch deployments.apps ${B}0 in namespace $namespace" apply.yaml "nothing of this change was begun"; do
		[[ $said == *"$want"* ]] || fail_with "no \"$want\" in: $said"
	done
	run ! docker buildx inspect "$B"
	run ! grep -E '^(create|update|patch|delete) ' <(asked | grep -vxF 'create /pods/exec')
}

@test "apply.yaml: a whole life, which takes every verb of it" {
	kubectl apply -f plan.yaml -f apply.yaml
	# What an earlier builder left: BuildX writes over it.
	kube create configmap "${B}0-config"
	as_account reconcile-apply
	builder "namespace: $namespace"
	sed -i 's/^    driver: kubernetes/&\n    buildkitd: {debug: true}/' state.yaml
	apply
	settled
	sed -i 's/debug: true/trace: true/' state.yaml
	apply
	# Another kind of object, with a claim, which BuildX would not give its configuration.
	sed -i 's/driver-opts: {/&persistent-volume-claim.requests.storage: 1Gi, /' state.yaml
	apply
	# Whoever may not watch asks instead.
	sed -i "s/driver-opts: {/&replicas: 2, nodeselector: $B=go, /" state.yaml
	take_away watch
	apply_held 403
	kube apply -f apply.yaml
	settled
	printf 'version: 1\nbuilders:\n  %s: {state: absent}\n' "$B" >state.yaml
	# Asked for by a builder that stays, so that the namespace is looked at.
	docker buildx create --name "$B-other" --driver kubernetes --node "$B-other" --driver-opt "namespace=$namespace"
	apply
	kube annotate --overwrite pvc --all reconcile.expires=2020-01-01T00:00:00Z
	run -0 --separate-stderr reconcile --gc --yes
	[[ -z $(kube get deployments,statefulsets,pvc -o name) ]]
	# Whoever is slow finds a rollout at its end, and watches nothing.
	diff <(granted reconcile-plan reconcile-apply | grep -vxE 'list /events|watch .*') <(asked | grep -vxE 'list /events|create /pods/exec|watch .*') >&2
}
