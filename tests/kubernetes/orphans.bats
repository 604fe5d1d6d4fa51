#!/usr/bin/env bats
# What no builder names in a cluster: found, and removed by the command that is printed, unless it is somebody's.
# shellcheck disable=SC2154 # lib.bash sets namespace, B

load lib

setup() { kubernetes_setup; }
teardown() { kubernetes_teardown; }

# The command that mends the fault, as it is printed; run here.
mend() { # code
	local command
	command=$(reconcile --doctor --format json | jq -r --arg code "$1" '[.faults[] | select(.code == $code)][0].mend' | grep -oP '(?<=run `)[^`]*')
	[[ -n $command ]] || fail_with "no command for $1"
	bash -c "$command"
}
clean() { ! has_fault "$1"; }

@test "what no builder names: a workload, a claim, a ConfigMap; the printed command removes each, and what Helm keeps is nobody's orphan" {
	deployed "$B-gone"
	deployed "$B-helm"
	kube annotate deployment "$B-helm" meta.helm.sh/release-name=team >/dev/null
	kube create configmap "$B-left-config" --from-literal buildkitd.toml=debug=true
	kube create configmap "$B-app-config" --from-literal app.yaml=x
	kube apply -f - <<-Y
		apiVersion: v1
		kind: PersistentVolumeClaim
		metadata: {name: buildkitd-$B-left-0, labels: {app: $B-left}}
		spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
	Y
	stored "$B" # who looks into this namespace
	run reconcile --doctor --format json
	[[ $(jq -r '[.faults[] | select(.code | startswith("orphan-")) | .subject] | sort | join(" ")' <<<"$output") == "configmap.$B-left-config deployment.$B-gone pvc.buildkitd-$B-left-0" ]]
	local code
	for code in orphan-workload orphan-claim orphan-config-map; do
		mend "$code"
		wait_until 60 clean "$code"
	done
	kube get "deployment/$B-helm" "configmap/$B-app-config"
}

@test "a mark of another store: left to its owner" {
	deployed "$B-theirs" '.metadata.annotations = {"reconcile.store": "0123456789ab", "reconcile.host": "elsewhere"}'
	stored "$B"
	run reconcile --doctor --format json
	[[ $(jq -r '.faults[] | select(.code == "orphan-workload") | .mend' <<<"$output") == *"leave it to its owner, the store 0123456789ab of host elsewhere"* ]]
}

@test "a workload that two kubeconfigs lead to is there once, and is nobody's orphan" {
	cp "$KUBECONFIG" other
	docker buildx create --name "$B" --driver kubernetes --node "$B-n" --driver-opt "namespace=$namespace" --bootstrap
	KUBECONFIG=$PWD/other docker buildx create --name "$B-2" --driver kubernetes --node "$B-m" --driver-opt "namespace=$namespace" --bootstrap
	run --separate-stderr reconcile --doctor
	[[ $output != *"belongs to no builder"* ]] || fail_with "$output"
	run -0 --separate-stderr reconcile --gc --yes
	[[ $(kube get deployments -o name | wc -l) == 2 ]]
}

@test "what others have under the names of a builder stays as it is, whatever becomes of the builder" {
	stored "$B"
	kube create configmap team-config --from-literal ca.pem=theirs
	deployed "$B" '.spec.template.spec |= (.volumes = [{name: "team", configMap: {name: "team-config"}}] | .containers[0].volumeMounts = [{name: "team", mountPath: "/etc/team"}])'
	kube create configmap "$B-config" --from-literal app.yaml=theirs
	kube annotate configmap "$B-config" reconcile.store=0123456789ab reconcile.host=elsewhere
	kube apply -f - <<-Y
		apiVersion: apps/v1
		kind: StatefulSet
		metadata: {name: $B}
		spec:
		  serviceName: none
		  replicas: 0
		  selector: {matchLabels: {team: $B}}
		  template: {metadata: {labels: {team: $B}}, spec: {containers: [{name: app, image: none}]}}
	Y
	sees "$B" running
	printf 'version: 1\nbuilders:\n  %s:\n    driver: kubernetes\n    nodes:\n      %s: {driver-opts: {namespace: %s}}\n' "$B" "$B" "$namespace" >state.yaml
	run -0 --separate-stderr reconcile --doctor --format json
	[[ $(jq -c '[.faults[].code | select(test("^(config|workload|orphan)-"))]' <<<"$output") == "[]" ]] || fail_with "$output"
	settled
	local theirs
	theirs=$(kube get statefulsets,configmaps -o json | jq -S '.items[] | select(.metadata.name != "kube-root-ca.crt") | del(.metadata.managedFields)')

	sed -i 's/^    driver: kubernetes/&\n    buildkitd: {debug: true}/' state.yaml
	run -7 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $output$stderr == *"$B-config is the store 0123456789ab's of host elsewhere"* ]] || fail_with "$output" "$stderr"
	kube delete configmap "$B-config"
	apply
	settled
	[[ $(kube get "configmap/$B-config" -o 'jsonpath={.data}') == *debug* ]]

	printf 'version: 1\nbuilders: {%s: {state: absent}}\n' "$B" >state.yaml
	apply
	[[ -z $(kube get deployments,configmaps -o name | grep -F "$B") ]]
	diff <(jq -S "select(.metadata.name != \"$B-config\")" <<<"$theirs") <(kube get statefulsets,configmaps -o json | jq -S '.items[] | select(.metadata.name != "kube-root-ca.crt") | del(.metadata.managedFields)')
}
