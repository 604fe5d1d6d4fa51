#!/usr/bin/env bats
# The cluster itself, as BuildX finds it: it makes a builder there, builds in it, and takes it away. When these fail, it is
# not the product.
# shellcheck disable=SC2154 # lib.bash sets namespace, B

load lib

setup() { kubernetes_setup; }
teardown() { kubernetes_teardown; }

@test "the cluster in use is found again; another beside it ends without a trace, pods and all" {
	local before other
	[[ $("$root/tests/engine/cluster" up "$RECONCILE_CLUSTER_DIR") == "$(<"$RECONCILE_CLUSTER_DIR/environment")" ]]
	before=$(settings)
	other=$(TMPDIR=/tmp "$root/tests/engine/cluster" up --owner $$)
	(
		eval "$other"
		$RECONCILE_CLUSTER_ENTER kubectl run sleeps --image localhost/pause:1
		$RECONCILE_CLUSTER_ENTER kubectl wait --for condition=Ready pod/sleeps --timeout 300s
		groups=$(find /sys/fs/cgroup -name "$($RECONCILE_CLUSTER_ENTER kubectl get pod sleeps -o 'jsonpath={.status.containerStatuses[0].containerID}' | sed 's|.*/||')")
		[[ -n $groups ]]
		"$root/tests/engine/cluster" down
		[[ ! -e $RECONCILE_CLUSTER_DIR ]]
		run ! ls -d $groups
		run ! grep -F "$RECONCILE_CLUSTER_DIR" /proc/self/mountinfo
		[[ $(ps -eo args | awk -v dir="$RECONCILE_CLUSTER_DIR/" '!/awk/ && index($0, dir)' | wc -l) == 0 ]]
	)
	[[ $(settings) == "$before" ]]
}
# Of the machine, which a kubelet would change.
settings() { cat /proc/sys/vm/{overcommit_memory,panic_on_oom} /proc/sys/kernel/{panic,panic_on_oops}; ls /tmp/hostpath_pv; }

@test "users: a plain one may nothing until it is granted, by certificate or by token; a service account's token is one" {
	local user
	for user in dev token; do
		as_user "$user"
		run kubectl get deployments
		[[ $status -ne 0 && $output == *"cannot list resource \"deployments\""* ]]
	done
	kube create role reads --verb list --resource deployments.apps
	kube create rolebinding reads --role reads --group devs
	for user in dev token; do
		as_user "$user"
		wait_until 60 kubectl get deployments
	done
	kube create serviceaccount robot
	kube create rolebinding robot --role reads --serviceaccount "$namespace:robot"
	as_user token
	sed -i "s/^    token:.*/    token: $(kube create token robot)/" "$KUBECONFIG"
	wait_until 60 kubectl get deployments
	run ! kubectl get pods
}

@test "requests are counted, by user agent too" {
	mark_requests
	kubectl get deployments >/dev/null
	requests | grep -qx "list /apis/apps/v1/namespaces/$namespace/deployments?limit=500"
	[[ $(requests kubectl/ | grep -c deployments) == 1 ]]
}

@test "a pod reaches the API server as its service account" {
	kube create role looks --verb get --resource pods
	kube create rolebinding looks --role looks --serviceaccount "$namespace:default"
	# shellcheck disable=SC2016 # for the shell in there
	kube run asks --image localhost/pause:1 --restart Never --command -- /bin/busybox sh -c \
		'/bin/busybox nc -w 5 "$KUBERNETES_SERVICE_HOST" "$KUBERNETES_SERVICE_PORT" </dev/null && ls /var/run/secrets/kubernetes.io/serviceaccount/token'
	kube wait --for jsonpath='{.status.phase}'=Succeeded pod/asks --timeout 300s
}

# From here on with pods of BuildX, which a kubelet that is just started leaves unready for up to half a minute.
life() { # BuildX
	local buildx=$1
	"$buildx" create --name "$B" --driver kubernetes --node "$B-n" --bootstrap
	[[ $(kube get deployment "$B-n" -o 'jsonpath={.status.readyReplicas} {.spec.template.spec.containers[0].image}') == "1 $RECONCILE_BUILDKIT_IMAGE" ]]
	"$buildx" ls | grep -E "$B-n .*running"
	build_context
	"$buildx" build --builder "$B" --progress plain --output type=cacheonly context 2>&1 | grep -F 'RUN ["/busybox"'
	"$buildx" build --builder "$B" --progress plain --output type=cacheonly context 2>&1 | grep -F CACHED
	"$buildx" rm "$B"
	[[ -z $(kube get deployments -o name) ]]
}

@test "the newest BuildX: creates, builds, finds it cached, removes" { life "$RECONCILE_BUILDX_NEW"; }

@test "BuildX 0.13: creates, builds, finds it cached, removes" { life "$RECONCILE_BUILDX_OLD"; }

@test "a claim is provided, and keeps the cache when its pod goes" {
	docker buildx create --name "$B" --driver kubernetes --node "$B-n" --driver-opt persistent-volume-claim.requests.storage=1Gi --bootstrap
	build "$B" | grep -F 'RUN ["/busybox"'
	[[ $(kube get persistentvolumeclaims -o 'jsonpath={.items[*].status.phase}') == Bound ]]
	kube delete pod "$B-n-0"
	kube rollout status "statefulset/$B-n" --timeout 300s
	build "$B" | grep -F CACHED
}
