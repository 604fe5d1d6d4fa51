#!/usr/bin/env bats
# What reconcile sees of nodes in pods, where BuildX says "inactive" or "expected 1 replicas to be ready, got 0".
# shellcheck disable=SC2154,SC2016,SC2001 # lib.bash sets namespace, B; what is quoted is meant so

load lib

setup() { kubernetes_setup; }
teardown() { kubernetes_teardown; }

@test "a builder that BuildX made: every pod's daemon answers, in six requests and an exec for each, and none stays" {
	docker buildx create --name "$B" --driver kubernetes --node "$B" --driver-opt "namespace=$namespace,replicas=2" --bootstrap
	mark_requests
	[[ $(node "$B") == "running " ]]
	requests_named >asked
	diff asked - <<-'X'
		get /version
		get pods/POD/exec
		get pods/POD/exec
		list configmaps
		list deployments
		list persistentvolumeclaims
		list pods
		list statefulsets
	X
	[[ $(node "$B" '.buildkit') == v0* ]]
	[[ $(node "$B" '.platforms | join(" ")') == *linux/* ]]
	reconcile --snapshot >snapshot.json
	[[ $(jq -r '[.clusters[0].workloads[0].pods[].ready] | join(" ")' snapshot.json) == "true true" ]]
	[[ $(jq -r '.builders[] | select(.driver == "kubernetes") | .nodes[0].daemon.workers | length' snapshot.json) == 2 ]]
	diff <(reconcile --status) <(reconcile --status --live snapshot.json)
	local pod
	ended() { ! kube exec "$pod" -- /bin/busybox ps | grep -q 'dial-stdio'; }
	for pod in $(kube get pods -o name); do wait_until 60 ended; done
	# Five builders cost no more: lists tell of all, and go over one connection (two of HTTP/1.1 where libcurl's HTTP/2 is
	# broken), beside one into each pod.
	local i
	for i in 1 2 3 4; do stored "$B-$i" && deployed "$B-$i" '.spec.replicas = 0'; done
	reconcile --import >all.yaml
	mark_requests
	strace -f -qq -e trace=connect -o connected "$reconcile" --plan -f all.yaml || [[ $? -eq 2 ]]
	requests_named | diff asked -
	[[ $(grep -c 'sin_port=htons(443)' connected) -le 4 ]]
}
requests_named() { requests reconcile/ | sed "s|/apis.*namespaces/$namespace/||; s|/api.*namespaces/$namespace/||; s|$B-[^/]*/|POD/|; s|?.*||" | sort; }

@test "builds that are under way in a pod are seen" {
	docker buildx create --name "$B" --driver kubernetes --node "$B" --driver-opt "namespace=$namespace" --bootstrap
	slow_build
	[[ $(node "$B" '.builds | length') == 1 ]]
}

@test "pods that do not get ready: the cluster's own words say why" {
	local name
	for name in selector image flag account down; do stored "$B-$name"; done
	deployed "$B-selector" '.spec.template.spec.nodeSelector = {pool: "none"}'
	deployed "$B-image" '.spec.template.spec.containers[0].image = "localhost:1/none:1"'
	deployed "$B-flag" '.spec.template.spec.containers[0].args = ["--no-such-flag"]'
	deployed "$B-account" '.spec.template.spec.serviceAccountName = "nosuch"'
	deployed "$B-down" '.spec.replicas = 0'
	sees "$B-selector" "unhealthy Unschedulable: 0/1 nodes are available"
	sees "$B-image" "ErrImagePull: "
	sees "$B-flag" "it ended with exit code 1"
	sees "$B-account" "unhealthy FailedCreate: pods \"$B-account-"
	[[ $(node "$B-account") == *'serviceaccount "nosuch" not found'* ]]
	[[ $(node "$B-down") == "stopped it is scaled to no pods" ]]
	# Between two attempts a pod is for a moment neither waiting nor ended.
	local code
	for code in pods-pending pods-image pods-crashing pods-refused; do wait_until 120 has_fault "$code" || fail_with "no $code"; done
	tells_logs() { [[ $(reconcile --doctor) == *"kubectl --kubeconfig $KUBECONFIG --context "*" -n $namespace logs $B-flag-"* ]]; }
	wait_until 120 tells_logs
}

@test "a StatefulSet that a quota holds has no condition for it: the cluster's notes tell" {
	kube create quota q --hard pods=0
	stored "$B" persistent-volume-claim.requests.storage=1Gi
	docker buildx inspect "$B" --bootstrap >/dev/null 2>&1 & # waits for pods
	helpers+=($!)
	sees "$B" "exceeded quota: q"
	has_fault pods-refused
}

@test "rights: by name where lists are forbidden; without exec it is unknown; without anything, too, and never inactive" {
	stored "$B"
	deployed "$B"
	kube rollout status "deployment/$B" --timeout 300s >/dev/null
	as_user dev
	sed -i "s|kubeconfig=[^\"&]*|kubeconfig=$(jq -rn --arg path "$KUBECONFIG" '$path | @uri')|" "$BUILDX_CONFIG/instances/$B"
	[[ $(node "$B") == unknown*"deployments.apps"*"forbidden"* ]]
	kube create role reads --verb get --resource deployments.apps --resource statefulsets.apps --resource configmaps
	kube create rolebinding reads --role reads --group devs
	sees "$B" 'cannot list resource "pods"'
	kube create role pods --verb list --resource pods
	kube create rolebinding pods --role pods --group devs
	sees "$B" 'unknown '
	sees "$B" 'cannot get resource "pods/exec"'
	run reconcile --doctor
	[[ $output == *'give that user the verbs `get` and `create` on pods/exec'* ]]
	kube create role execs --verb get,create --resource pods/exec
	kube create rolebinding execs --role execs --group devs
	sees "$B" 'running '
	mark_requests
	[[ $(node "$B" '.buildkit') == v0* ]]
	requests | grep -q "get /apis/apps/v1/namespaces/$namespace/deployments/$B$"
}

@test "a cluster that does not answer is unknown; a file, a context and a namespace that are not there are named" {
	stored "$B"
	local store=$BUILDX_CONFIG/instances/$B whole
	whole=$(<"$store")
	leads() { sed "s|kubeconfig=[^\"&]*|kubeconfig=$(jq -rn --arg path "$1" '$path | @uri')|" <<<"$whole" >"$store"; }
	leads "$PWD/none"
	[[ $(node "$B") == unknown*"$PWD/none"* ]]
	sed 's|server: .*|server: https://127.0.0.1:1|' "$KUBECONFIG" >refused
	leads "$PWD/refused"
	[[ $(node "$B") == unknown*"refused"* ]]
	has_fault cluster-unreachable
	sed 's|current-context: .*|current-context: nosuch|' "$KUBECONFIG" >nosuch
	leads "$PWD/nosuch"
	[[ $(node "$B") == unknown*nosuch* ]]
	sed "s|\"namespace\":\"[^\"]*\"|\"namespace\":\"$B-none\"|" <<<"$whole" >"$store"
	[[ $(node "$B") == "inactive namespace $B-none is not in the cluster" ]]
	has_fault namespace-missing
}
