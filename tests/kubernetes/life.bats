#!/usr/bin/env bats
# The life of a builder in a cluster, by the product alone: made, built on, found unchanged, changed in place, made anew
# where it has to be, reset, rolled back, removed; the daemons are real, and so is the cache that is kept or lost.
# shellcheck disable=SC2154 # lib.bash sets namespace, B, status, output

load lib

setup() { kubernetes_setup; }
teardown() { kubernetes_teardown; }

# A builder of this test's name, its node's options on stdin (indented by eight), its own keys as arguments.
pods() {
	{
		printf 'version: 1\nbuilders:\n  %s:\n    driver: kubernetes\n' "$B"
		[[ $# -eq 0 ]] || printf '    %s\n' "$@"
		printf '    nodes:\n      %s-n:\n        driver-opts:\n          namespace: %s\n' "$B" "$namespace"
		sed 's/^/          /'
	} >state.yaml
}
of() { kube get "$1" -o "jsonpath=$2"; } # KIND/NAME JSONPATH
uid() { of "$1" '{.metadata.uid}'; }

@test "a builder is made, builds, and is found unchanged; scaled in place; its image by a rollout; removed" {
	local before
	pods </dev/null
	apply
	settled
	[[ $(of "deployment/$B-n" '{.status.readyReplicas} {.metadata.annotations.reconcile\.host}') == "1 $(hostname)" ]]
	build "$B" | grep -F 'RUN ["/busybox"'
	settled
	before=$(uid "deployment/$B-n")

	pods <<<'replicas: 2'
	differs "replicas"
	apply
	settled
	[[ $(of "deployment/$B-n" '{.spec.replicas} {.status.readyReplicas}') == "2 2" ]]

	kube scale "deployment/$B-n" --replicas 1
	differs "replicas" "changed outside"
	apply
	settled
	[[ $(of "deployment/$B-n" '{.spec.replicas}') == 2 ]]

	pods <<<"image: $RECONCILE_BUILDKIT_IMAGE_OTHER"$'\n'"nodeselector: $B=go"
	mark_requests
	apply_held 200
	requests reconcile >asked
	# However long it takes: each silence is twice as long as the one before, up to a minute, for five.
	(($(grep -c "^get .*/deployments/$B-n\$" asked) <= 8)) || fail_with "$(<asked)"
	run ! grep -vE "labelSelector=app(%3D$B-n|&)" <(grep 'pods?' asked)
	settled
	[[ $(of "deployment/$B-n" '{.spec.template.spec.containers[0].image} {.spec.replicas}') == "$RECONCILE_BUILDKIT_IMAGE_OTHER 1" ]]
	[[ $(uid "deployment/$B-n") == "$before" ]]

	printf 'version: 1\nbuilders:\n  %s: {state: absent}\n' "$B" >state.yaml
	apply
	settled
	[[ -z $(kube get deployments,configmaps -o name | grep -F "$B") ]]
}

@test "a claim keeps the cache through a rollout of its configuration, which BuildX would not mount" {
	pods <<<'persistent-volume-claim.requests.storage: 1Gi'
	sed -i "s/^    driver: kubernetes/&\n    buildkitd: {debug: true}/" state.yaml
	apply
	settled
	kube exec "$B-n-0" -- cat /etc/buildkit/buildkitd.toml | grep -x 'debug = true'
	build "$B" | grep -F 'RUN ["/busybox"'

	sed -i 's/debug: true/trace: true/' state.yaml
	apply
	settled
	kube exec "$B-n-0" -- cat /etc/buildkit/buildkitd.toml | grep -x 'trace = true'
	build "$B" | grep -F CACHED
}

@test "a reset makes the next generation beside the one that builds; a rollback goes back to it" {
	pods <<<'persistent-volume-claim.requests.storage: 1Gi'
	apply
	build "$B" | grep -F 'RUN ["/busybox"'
	run -0 --separate-stderr reconcile --reset "$B" --yes -f state.yaml
	settled
	[[ $(kube get statefulsets -o name) == "statefulset.apps/$B-n-gen2" ]]
	[[ -n $(of "persistentvolumeclaim/buildkitd-$B-n-0" '{.metadata.annotations.reconcile\.expires}') ]]
	build "$B" | grep -F 'RUN ["/busybox"'

	run -0 --separate-stderr reconcile --rollback --yes
	[[ $(kube get statefulsets -o name) == "statefulset.apps/$B-n" ]]
	build "$B" | grep -F CACHED
}

@test "what cannot be made is undone, and said in the cluster's words" {
	pods <<<'nodeselector: nowhere=true'
	run -7 --separate-stderr reconcile --apply --yes -f state.yaml --boot-timeout 20
	[[ $stderr == *Unschedulable* || $output == *Unschedulable* ]] || fail_with "$output" "$stderr"
	[[ -z $(kube get deployments -o name) ]]
	run ! docker buildx inspect "$B"
}

@test "a builder stays on the context that its state file names, wherever kubectl is sent" {
	kubectl config view --raw >two
	kubectl --kubeconfig two config set-context pinned --cluster "$(kubectl config view -o 'jsonpath={.clusters[0].name}')" \
		--user "$(kubectl config view -o 'jsonpath={.users[0].name}')" --namespace "$namespace"
	kubectl --kubeconfig two config set-cluster nowhere --server https://127.0.0.1:9
	kubectl --kubeconfig two config set-context nowhere --cluster nowhere
	kubectl --kubeconfig two config use-context nowhere
	printf 'version: 1\nbuilders:\n  %s:\n    driver: kubernetes\n    kubeconfig: two\n    context: pinned\n    nodes: {%s-n: {}}\n' "$B" "$B" >state.yaml
	apply
	settled
	build "$B" | grep -F 'RUN ["/busybox"'
	[[ $(kube get deployments -o name) == "deployment.apps/$B-n" ]]
	local pinned=("$BUILDX_CONFIG"/.reconcile-kube/*)
	[[ $(stat -c %a "${pinned[0]}") == 600 ]]
	rm "${pinned[0]}"
	differs context
	apply
	settled
	docker buildx inspect "$B" | grep -F running
}

@test "README: a builder in the context and namespace that it names, wherever kubectl is sent" {
	awk '/<!-- test: kubernetes -->/ { on = 1 } on && /^```/ { if (++fence == 2) exit; next } fence == 1' "$root/README.md" |
		sed "s/^  farm:/  $B:/; s/namespace: builders/namespace: $namespace/" >state.yaml
	kubectl config rename-context test prod
	kubectl config unset current-context
	apply
	settled
	[[ $(of "statefulset/${B}0" '{.status.readyReplicas}') == 2 ]]
	[[ $(kube get pvc -o 'jsonpath={.items[*].spec.resources.requests.storage}') == "50Gi 50Gi" ]]
}

@test "what a job left is removed from any machine when its time is up; what is wanted on is renewed" {
	pods <<<'persistent-volume-claim.requests.storage: 1Gi'
	sed -i "s/^    driver: kubernetes/&\n    expires-after: 24h\n    buildkitd: {debug: true}/" state.yaml
	apply
	settled
	local object objects
	objects=$(kube get statefulsets,configmaps -o name | grep -F "$B")
	[[ $(wc -l <<<"$objects") == 2 ]]
	for object in $objects; do
		(($(date -d "$(of "$object" '{.metadata.annotations.reconcile\.expires}')" +%s) > $(date +%s) + 80000))
	done
	kube annotate --overwrite "statefulset/$B-n" reconcile.expires=2020-01-01T00:00:00Z
	differs expires "its time is up"
	apply
	settled
	[[ $(of "statefulset/$B-n" '{.metadata.annotations.reconcile\.expires}') != 2020-* ]]

	# Another machine, whose store knows nothing of it.
	export BUILDX_CONFIG=$PWD/elsewhere RECONCILE_HISTORY=$PWD/elsewhere.git
	mkdir elsewhere
	run -0 --separate-stderr reconcile --gc --yes -f state.yaml
	run -0 --separate-stderr reconcile --gc --yes --no-retain -f state.yaml
	kube get "statefulset/$B-n"
	kube annotate --overwrite "statefulset/$B-n" reconcile.expires=2020-01-01T00:00:00Z
	run -0 --separate-stderr reconcile --gc --yes -f state.yaml
	[[ $output == *"its time was up at 2020-01-01T00:00:00Z"*"on $(hostname)"* ]] || fail_with "$output" "$stderr"
	[[ -z $(kube get statefulsets,configmaps,pvc -o name | grep -F "$B") ]]
}
