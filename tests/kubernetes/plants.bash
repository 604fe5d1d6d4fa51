# What goes wrong with builders in a cluster, one builder a row: how it begins, who makes it so, how the cluster shows it.
# shellcheck shell=bash
# shellcheck disable=SC2154 # lib.bash sets B, namespace

# "name|fault|cluster's words|pods|what BuildX is told"
#   fault   of `reconcile --schema faults`; drift where there is none, which a plan shows, as do the words then
#   pods    wait: BuildX waits until they are ready; never: they never are; none: nothing is booted
# Quota and admission are of a namespace of their own: $namespace-quota, $namespace-guarded.
plants() {
	cat <<-ROWS
		unschedulable|pods-pending|didn't match Pod's node affinity/selector|never|--driver-opt nodeselector=pool=none
		image|pods-image|failed to resolve reference "localhost/none:1"|never|--driver-opt image=localhost/none:1
		crash|pods-crashing|CrashLoopBackOff|never|--buildkitd-flags --no-such-flag
		deaf|pods-not-ready|Readiness probe failed|never|--buildkitd-flags --addr=unix:///run/elsewhere.sock
		account|pods-refused|serviceaccount "missing" not found|never|--driver-opt serviceaccount=missing
		quota|pods-refused|exceeded quota: none, requested: pods=1|never|--driver-opt namespace=$namespace-quota
		guarded|pods-refused|violates PodSecurity "baseline:latest"|never|--driver-opt namespace=$namespace-guarded
		gone|workload-missing|buildkitd-$B-gone0-0|wait|--driver-opt persistent-volume-claim.requests.storage=1Gi
		removed|drift|is gone or was never made|wait|
		twin|workload-twin|StatefulSet|wait|--driver-opt persistent-volume-claim.requests.storage=1Gi
		claimed|workload-claimed||none|--node $B-owner0
		owner|||wait|
		strange|workload-strange||none|
		unmounted|config-unmounted||wait|--driver-opt persistent-volume-claim.requests.storage=1Gi --buildkitd-config debug.toml
		nowhere|namespace-missing|$namespace-nowhere|none|--driver-opt namespace=$namespace-nowhere
		relative|kubeconfig-relative|admin.kubeconfig|none|
		list|kubeconfig-list|one:other|none|
		unreachable|cluster-unreachable|127.0.0.1:1.*: connection refused|none|
		unsigned|cluster-unreachable|unsigned.kubeconfig: .*certificate|none|
		refused|cluster-unreachable|: Unauthorized|none|
		forbidden|cluster-forbids|user dev may not .*list deployments.apps|none|
		forgotten|orphan-workload|$B-forgotten0|wait|
		cache|orphan-claim|buildkitd-$B-cache0-0|wait|--driver-opt persistent-volume-claim.requests.storage=1Gi
		config|orphan-config-map|$B-config0-config|wait|--buildkitd-config debug.toml
		scaled|drift|replicas|wait|
		stopped|drift|replicas|wait|
		repainted|drift|image|wait|
		squeezed|drift|limits.memory|wait|
		environment|drift|env.HTTP_PROXY|wait|
		tolerant|drift|tolerations|wait|
		flagged|drift|buildkitd-flags|wait|
		moved|drift|nodeselector|wait|
		edited|drift|buildkitd.toml: debug|wait|--buildkitd-config debug.toml
	ROWS
}

# begin_NAME: before BuildX makes the builder; plant_NAME WORKLOAD: what somebody does to it then; shown_NAME WORKLOAD:
# succeeds when the cluster is as that makes it.
template() { kube patch "$1" --type json -p "[{\"op\": \"add\", \"path\": \"/spec/template/spec/$2\", \"value\": $3}]"; }
waits() { kube get pods -l "app=$1" -o json | jq -e --arg why "$2" '[.items[].status.containerStatuses[0].state.waiting.reason // empty] | any(test($why))' >/dev/null; }
# A condition of this type and reason, of a pod or a workload, in any namespace of this test.
has_condition() { # NAMESPACE KIND NAME TYPE REASON
	kubectl get "$2" -n "$1" -o json | jq -e --arg name "$3" --arg type "$4" --arg why "$5" \
		'[.items[] | select(.metadata.name | startswith($name)) | .status.conditions[]? | select(.type == $type and .reason == $why)] != []' >/dev/null
}
shown_unschedulable() { has_condition "$namespace" pods "$1" PodScheduled Unschedulable; }
shown_image() { waits "$1" 'ErrImagePull|ImagePullBackOff'; }
shown_crash() { waits "$1" CrashLoopBackOff; }
shown_deaf() { kube get events --field-selector reason=Unhealthy -o json | jq -e --arg name "$1" '[.items[] | select(.involvedObject.name | startswith($name))] != []' >/dev/null; }
shown_account() { has_condition "$namespace" deployments "$1" ReplicaFailure FailedCreate; }
shown_quota() { has_condition "$namespace-quota" deployments "$1" ReplicaFailure FailedCreate; }
shown_guarded() { has_condition "$namespace-guarded" deployments "$1" ReplicaFailure FailedCreate; }
begin_quota() { kube create namespace "$namespace-quota" && kubectl create quota none --hard pods=0 -n "$namespace-quota"; }
begin_guarded() { kube create namespace "$namespace-guarded" && kube label namespace "$namespace-guarded" pod-security.kubernetes.io/enforce=baseline; }
plant_gone() { kube delete "statefulset/$1"; }
plant_removed() { kube delete "deployment/$1"; }
# The option for storage was taken from the store, and the builder booted again: both kinds are there.
plant_twin() { docker buildx rm --keep-daemon "${1%0}" && docker buildx create --name "${1%0}" --driver kubernetes --driver-opt timeout=10m --bootstrap; }
begin_strange() { kube create deployment "$B-strange0" --image localhost/pause:1; }
# The kubeconfig that was in use when the builder was made is not what it was.
begin_relative() { export KUBECONFIG=admin.kubeconfig; }
plant_list() { sed -i 's/kubeconfig=[^"&]*/kubeconfig=one%3Aother/' "$BUILDX_CONFIG/instances/${1%0}"; }
own_kubeconfig() { sed "$2" "$KUBECONFIG" >"$1.kubeconfig" && export KUBECONFIG=$PWD/$1.kubeconfig; }
begin_unreachable() { own_kubeconfig unreachable 's/127.0.0.1:443/127.0.0.1:1/'; }
begin_unsigned() { own_kubeconfig unsigned "s/certificate-authority-data: .*/certificate-authority-data: $(base64 -w 0 other.pem)/"; }
begin_refused() { own_kubeconfig refused 's/client-certificate-data: .*/token: nobody/; /client-key-data/d'; }
begin_forbidden() { as_user dev; }
plant_forgotten() { docker buildx rm --keep-daemon "${1%0}"; }
plant_cache() { docker buildx rm "${1%0}"; }
plant_config() { docker buildx rm --keep-daemon "${1%0}" && kube delete deployment "$1"; }
plant_scaled() { kube scale "deployment/$1" --replicas 3; }
plant_stopped() { kube scale "deployment/$1" --replicas 0; }
plant_repainted() { kube set image "deployment/$1" "buildkitd=$RECONCILE_BUILDKIT_IMAGE_OTHER"; }
plant_squeezed() { kube set resources "deployment/$1" --limits memory=200Mi --requests memory=100Mi; }
plant_environment() { kube set env "deployment/$1" HTTP_PROXY=http://proxy.example.com:3128; }
plant_tolerant() { template "deployment/$1" tolerations '[{"key": "spot", "operator": "Exists"}]'; }
plant_flagged() { template "deployment/$1" containers/0/args '["--debug"]'; }
plant_moved() { template "deployment/$1" nodeSelector '{"kubernetes.io/os": "linux"}'; }
plant_edited() { kube patch "configmap/$1-config" --type merge -p '{"data": {"buildkitd.toml": "debug = false\n"}}'; }

each() { # PREFIX NAME [ARGUMENT]: calls PREFIX_NAME, where there is one
	! declare -F "$1_$2" >/dev/null || "$1_$2" "${@:3}" >>planted.log 2>&1 || fail_with "$1 $2: $(tail -n 5 planted.log)"
}
# Makes them all, plants, and waits until the cluster shows it.
plant_all() {
	local name fault words pods told kept=$KUBECONFIG pids=() pid
	printf 'debug = true\n' >debug.toml
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -x509 -days 2 -subj /CN=other -keyout other-key.pem -out other.pem 2>/dev/null
	plants >plants
	while IFS='|' read -r name fault words pods told; do
		each begin "$name"
		# shellcheck disable=SC2086 # words
		docker buildx create --name "$B-$name" --driver kubernetes --driver-opt timeout=10m $told >>planted.log 2>&1
		export KUBECONFIG=$kept
		[[ $pods != none ]] || continue
		docker buildx inspect --bootstrap "$B-$name" >"$name.log" 2>&1 3>&- &
		if [[ $pods == wait ]]; then pids+=($!); else helpers+=($!); fi
	done <plants
	for pid in "${pids[@]}"; do wait "$pid" || fail_with "$(tail -n 3 -- *.log)"; done
	while IFS='|' read -r name _; do each plant "$name" "$B-${name}0"; done <plants
	while IFS='|' read -r name _; do
		! declare -F "shown_$name" >/dev/null || wait_until 120 "shown_$name" "$B-${name}0" || fail_with "the cluster does not show $name"
	done <plants
}
