# What the tests on a cluster share: a namespace of its own for every test, in the cluster that tests/engine/cluster gave,
# beside the store, configuration and history of its own that every end-to-end test has. They run in the cluster's network.
# shellcheck shell=bash
# shellcheck source=../e2e/lib.bash
. "${BASH_SOURCE[0]%/*}/../e2e/lib.bash"

kubernetes_setup() {
	[[ -n ${RECONCILE_CLUSTER_DIR:-} ]] || skip "no cluster: run through tests/run kubernetes, or eval \"\$(tests/engine/cluster up)\""
	[[ /proc/self/ns/net -ef /proc/$(<"$RECONCILE_CLUSTER_DIR/engine.pid")/ns/net ]] || fail_with "not in the cluster's network: run by \$RECONCILE_CLUSTER_ENTER"
	prepare_test
	namespace=$B
	kubectl create namespace "$namespace" >/dev/null
	as_user admin
}

# From now on as that user of the cluster (admin, dev, token), in this test's namespace.
as_user() {
	export KUBECONFIG=$BATS_TEST_TMPDIR/$1.kubeconfig
	sed "s/namespace: default/namespace: $namespace/" "$RECONCILE_CLUSTER_DIR/$1.kubeconfig" >"$KUBECONFIG"
}
kube() { kubectl --kubeconfig "$RECONCILE_CLUSTER_DIR/admin.kubeconfig" -n "$namespace" "$@"; }

# plan.yaml and apply.yaml of .packages/kubernetes, for this test's namespace.
roles() {
	local file
	for file in plan apply; do sed "s/\bbuilders\b/$namespace/" "$root/.packages/kubernetes/$file.yaml" >"$file.yaml"; done
}
# As a service account of this test's namespace, from outside of the cluster; the store is the test's.
as_account() {
	as_user token
	sed -i "s/^    token:.*/    token: $(kube create token "$1")/" "$KUBECONFIG"
	account=system:serviceaccount:$namespace:$1
	mark_requests
}
take_away() { # VERB…: from the role that applies
	kube get role reconcile-apply -o json | jq '.rules |= map(.verbs -= $ARGS.positional | select(.verbs != []))' --args "$@" | kube replace -f - >/dev/null
	wait_until 60 may_not "$1"
}
may_not() { ! kubectl auth can-i "$1" deployments.apps -q; }

# The namespace goes with all that is in it; who comes next does not wait for that.
kubernetes_teardown() {
	[[ -n ${namespace:-} ]] || return 0
	keep_artifacts
	end_ours "${helpers[@]}"
	kube delete namespace "$namespace" --wait=false >/dev/null 2>&1
	return 0
}

# What the API server was asked since `mark_requests`, one "VERB URI" a line; of this user agent, or of everybody in this namespace.
mark_requests() { asked_before=$(wc -l <"$RECONCILE_CLUSTER_AUDIT"); }
requests() { # [AGENT]
	tail -n "+$((asked_before + 1))" "$RECONCILE_CLUSTER_AUDIT" |
		jq -r --arg agent "${1:-}" --arg of "/namespaces/$namespace" 'select(.stage != "ResponseStarted") | select((.userAgent // "") | startswith($agent)) | select($agent != "" or (.requestURI | contains($of))) | .verb + " " + .requestURI'
}

# An apply whose pods want a machine with the label $B=go (nodeselector), which there is once a watch of theirs was answered
# with CODE: however slow this machine is, the rollout is not over before.
apply_held() { # CODE
	local applying from
	from=$(wc -l <"$RECONCILE_CLUSTER_AUDIT")
	apply 3>&- &
	applying=$!
	helpers+=("$applying")
	wait_until 300 watched "$1" "$from" || fail_with "no watch that was answered $1"
	kube label node --all "$B=go" >/dev/null
	wait "$applying"
}
watched() { # CODE FROM
	tail -n "+$(($2 + 1))" "$RECONCILE_CLUSTER_AUDIT" | jq -n -e --arg of "/namespaces/$namespace/" --argjson code "$1" \
		'any(inputs; .verb == "watch" and (.requestURI | contains($of)) and .responseStatus.code == $code)' >/dev/null
}

# A builder of this name in the store alone; with driver options.
stored() { # name, options…
	local name=$1 options='' option
	shift
	for option in "$@"; do options+=,$option; done
	docker buildx create --name "$name" --driver kubernetes --node "$name" --driver-opt "namespace=$namespace$options" >/dev/null
}
# The Deployment that BuildX would make of it, but that its probes begin at once; changed by a jq filter.
deployed() { # name [FILTER]
	jq -n --arg name "$1" --arg image "$RECONCILE_BUILDKIT_IMAGE" '{apiVersion: "apps/v1", kind: "Deployment",
		metadata: {name: $name, labels: {app: $name}}, spec: {replicas: 1, selector: {matchLabels: {app: $name}},
		template: {metadata: {labels: {app: $name}}, spec: {containers: [{name: "buildkitd", image: $image,
		args: ["--allow-insecure-entitlement=network.host"], securityContext: {privileged: true},
		readinessProbe: {exec: {command: ["buildctl", "debug", "workers"]}, periodSeconds: 1, timeoutSeconds: 60}}]}}}} | '"${2:-.}" |
		kube apply -f - >/dev/null
	kube annotate deployment "$1" kubectl.kubernetes.io/last-applied-configuration- >/dev/null
}
node() { # builder [EXPRESSION]: of its first node
	reconcile --status --format json | jq -r --arg name "$1" '.builders[] | select(.name == $name) | .nodes[0] | '"${2:-.state + \" \" + (.reason // \"\")}"
}
says() { # builder, text: its first node's state and reason are so, sooner or later
	[[ $(node "$1") == *"$2"* ]]
}
sees() { wait_until 120 says "$@" || fail_with "no \"$2\" in: $(node "$1")"; }
has_fault() { reconcile --doctor --format json | jq -e --arg code "$1" 'any(.faults[]; .code == $code)' >/dev/null; }
