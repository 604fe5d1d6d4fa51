#!/usr/bin/env bats
# What the cluster refuses midway: what was begun is undone, and the namespace is as it was before.
# shellcheck disable=SC2154 # lib.bash sets namespace, B, output, stderr

load lib

setup() { kubernetes_setup; }
teardown() {
	[[ -z ${namespace:-} ]] || kubectl --kubeconfig "$RECONCILE_CLUSTER_DIR/admin.kubeconfig" delete --ignore-not-found \
		"validatingadmissionpolicybinding/$namespace" "validatingadmissionpolicy/$namespace" >/dev/null 2>&1
	kubernetes_teardown
}

pods() { # NODE OPTION…: a builder of this test's name, its second node with the first one's options
	printf '      %s:\n        driver-opts:\n          namespace: %s\n' "$1" "$namespace"
	shift
	[[ $# -eq 0 ]] || printf '          %s\n' "$@"
}
builder() { printf 'version: 1\nbuilders:\n  %s:\n    driver: kubernetes\n    buildkitd: {debug: true}\n    nodes:\n' "$B"; }
# What there is, but for what the cluster counts, what it gives to an object that is made again, and which plan wrote a
# ConfigMap last.
things() {
	kube get deployments,statefulsets,configmaps,persistentvolumeclaims -o json | jq -S '[.items[] | select(.metadata.name != "kube-root-ca.crt") | del(.status, .metadata.uid, .metadata.resourceVersion,
		.metadata.managedFields, .metadata.generation, .metadata.creationTimestamp, .metadata.annotations["deployment.kubernetes.io/revision"]) | if .kind == "ConfigMap" then del(.metadata.annotations["reconcile.plan"]) else . end]'
}
as_before() { diff <(printf '%s\n' "$before") <(things) >&2; }
# From now on the API server refuses to OPERATION a RESOURCE of this namespace whose name ends so.
refuse() { # OPERATION RESOURCE END
	kubectl --kubeconfig "$RECONCILE_CLUSTER_DIR/admin.kubeconfig" label namespace "$namespace" "refuse=$namespace" >/dev/null
	kubectl --kubeconfig "$RECONCILE_CLUSTER_DIR/admin.kubeconfig" apply -f - >/dev/null <<-Y
		apiVersion: admissionregistration.k8s.io/v1
		kind: ValidatingAdmissionPolicy
		metadata: {name: $namespace}
		spec:
		  matchConstraints:
		    resourceRules: [{apiGroups: ["*"], apiVersions: ["*"], operations: [$1], resources: [$2]}]
		  validations: [{expression: "!request.name.endsWith('$3')", message: the gate is closed}]
		---
		apiVersion: admissionregistration.k8s.io/v1
		kind: ValidatingAdmissionPolicyBinding
		metadata: {name: $namespace}
		spec:
		  policyName: $namespace
		  validationActions: [Deny]
		  matchResources: {namespaceSelector: {matchLabels: {refuse: $namespace}}}
	Y
	wait_until 60 is_refused "$@" || fail_with "the policy refuses nothing"
}
is_refused() {
	local said
	if [[ $1 == DELETE ]]; then said=$(kube delete "$2" "$B$3" --dry-run=server 2>&1); else said=$(kube annotate "$2" "$B$3" tried=1 --dry-run=server 2>&1); fi
	[[ $said == *"the gate is closed"* ]] || { sleep 1; false; }
}
counted() { [[ -n $(kube get quota none -o 'jsonpath={.status.hard}') ]]; }

@test "a quota refuses the workload after its ConfigMap was made, by reconcile or by BuildX: nothing is left of either" {
	local option
	kube create quota none --hard count/statefulsets.apps=0,count/deployments.apps=0
	wait_until 60 counted
	before=$(things)
	for option in 'persistent-volume-claim.requests.storage: 1Gi' 'replicas: 1'; do
		{ builder && pods "$B-n" "$option"; } >state.yaml
		run -7 --separate-stderr reconcile --apply --yes -f state.yaml
		[[ $output == *"exceeded quota: none"* ]] || fail_with "$output" "$stderr"
		[[ $output == *"as before"* ]] || fail_with "$output"
		as_before
		run ! docker buildx inspect "$B"
	done
}

@test "an admission policy refuses the second of two workloads that are changed: the first is as it was" {
	{ builder && pods "$B-a" 'env.COLOR: red' && pods "$B-b" 'env.COLOR: red'; } >state.yaml
	apply
	before=$(things)
	refuse UPDATE deployments -b
	sed -i 's/red/blue/' state.yaml
	run -7 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $output == *"the gate is closed"* ]] || fail_with "$output" "$stderr"
	as_before
	sed -i 's/blue/red/' state.yaml
	settled
}

@test "an admission policy lets nothing be removed that it names: what was removed before it is made again" {
	{ builder && pods "$B-a" 'persistent-volume-claim.requests.storage: 1Gi' && pods "$B-b" 'persistent-volume-claim.requests.storage: 1Gi'; } >state.yaml
	apply
	before=$(things)
	refuse DELETE statefulsets -b
	cp state.yaml was.yaml
	printf 'version: 1\nbuilders:\n  %s: {state: absent}\n' "$B" >state.yaml
	run -7 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $output == *"the gate is closed"* ]] || fail_with "$output" "$stderr"
	as_before
	mv was.yaml state.yaml
	settled
}

# An apply that loses these verbs once CONDITION holds, and then is let go on; and what it says of that.
robbed() { # CONDITION LET-GO VERBS TEXT…
	local robber want
	{ wait_until 300 "$1" && take_away $3 && "$2"; } 3>&- &
	robber=$!
	run --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $status -eq 6 ]] || fail_with "exit $status" "$output" "$stderr"
	wait "$robber"
	for want in "What failed could not be rolled back whole. Not as before:" "${@:4}" "To go on: reconcile --apply"; do
		[[ $output == *"$want"* ]] || fail_with "no \"$want\" in:" "$output" "$stderr"
	done
	[[ $output != *othing* ]] || fail_with "$output"
	kube apply -f apply.yaml
	apply
	settled
}
is_patched() { [[ $(kube get deployment "$B-a" -o 'jsonpath={.spec.template.spec.nodeSelector}') == *go* ]]; }
is_going() { [[ -n $(kube get statefulset "$B-a" -o 'jsonpath={.metadata.deletionTimestamp}') ]]; }
give_machine() { kube label node --all "$B=go"; }
let_go() { kube patch statefulset "$B-a" --type merge -p '{"metadata": {"finalizers": null}}'; }

@test "rights that are taken away midway: what was done, what could not be undone and how to go on are said" {
	roles
	kubectl apply -f plan.yaml -f apply.yaml
	as_account reconcile-apply
	{ builder && pods "$B-a" 'env.COLOR: red' && pods "$B-b" 'env.COLOR: red'; } >state.yaml
	apply
	{ builder && pods "$B-a" 'env.COLOR: blue' "nodeselector: $B=go" && pods "$B-b" 'env.COLOR: blue'; } >state.yaml
	robbed is_patched give_machine patch "Deployment $B-b" "cannot patch resource" "kubectl create role" "deployments $B-a: env.COLOR is not as before" \
		"$account may not patch configmaps $B-a-config, patch deployments.apps $B-a in namespace $namespace"
	{ builder && pods "$B-a" 'persistent-volume-claim.requests.storage: 1Gi' && pods "$B-b" 'persistent-volume-claim.requests.storage: 1Gi'; } >state.yaml
	apply
	kube patch statefulset "$B-a" --type merge -p '{"metadata": {"finalizers": ["example.com/held"]}}'
	printf 'version: 1\nbuilders:\n  %s: {state: absent}\n' "$B" >state.yaml
	robbed is_going let_go "delete create" "cannot delete resource" "statefulsets $B-a is gone, and could not be made again" \
		"claim buildkitd-$B-a-0 is kept until " "$account may not create configmaps, create statefulsets.apps in namespace $namespace"
}
