#!/usr/bin/env bats
# Builders that BuildX makes in a cluster, with each option set: imported, they differ in nothing; what somebody changes
# there shows. No pod runs here: what is asked for is none of them.
# shellcheck disable=SC2154 # lib.bash sets namespace, B, status, output, root

load lib

setup() { kubernetes_setup; }
teardown() { kubernetes_teardown; }

# NAME|what --driver-opt says, after replicas=0|other arguments
option_sets() {
	cat <<-'S'
		plain||
		annotations|"annotations=a=1,example.com/b=two words"|
		config||--config|config.toml
		certs||--config|certs.toml
		image|image=moby/buildkit:v0.26.2|
		labels|"labels=team=build,tier=ci"|
		limits|limits.cpu=0.5,limits.memory=1024Mi,requests.cpu=100m,requests.memory=0.5Gi|
		loadbalance|loadbalance=random|
		nodeselector|"nodeselector=kubernetes.io/arch=amd64,pool=ci"|
		platforms||--platform|linux/amd64,linux/arm64
		flags||--buildkitd-flags|--debug
		qemu|qemu.install=true,qemu.image=tonistiigi/binfmt:qemu-v8.1.5|
		rootless|rootless=true|
		rootlessfalse|rootless=false|
		serviceaccount|serviceaccount=builder|
		tolerations|"tolerations=key=a,value=b,effect=NoSchedule;key=c,operator=Exists,effect=NoExecute,tolerationSeconds=30"|
	S
}
newer_option_sets() {
	cat <<-'S'
		claim|persistent-volume-claim.requests.storage=1536Mi|
		claimmemory|persistent-volume-claim.requests.storage=1Gi,buildkit-root-volume-memory=256Mi|
		claimrootless|persistent-volume-claim.requests.storage=1Gi,rootless=true|
		env|env.A=b,"env.B=c,d=e"|
		ephemeral|requests.ephemeral-storage=1Gi|
		ephemeralboth|requests.ephemeral-storage=1Gi,limits.ephemeral-storage=2Gi|
		memory|buildkit-root-volume-memory=256Mi|
		rootlessmemory|rootless=true,buildkit-root-volume-memory=256Mi|
		scheduler|schedulername=other,default-load=true,timeout=30s|
	S
}
make_files() {
	printf 'debug = true\n' >config.toml
	printf '[registry."r1.example.com"]\nca = ["%s/ca.pem"]\n[registry."r2.example.com"]\nca = ["%s/ca.pem"]\n' "$PWD" "$PWD" >certs.toml
	cp "$RECONCILE_CLUSTER_PKI/ca.pem" ca.pem
}
make_all() { # BUILDX SUFFIX
	local name options flag value
	while IFS='|' read -r name options flag value; do
		"$1" create --name "$B$name$2" --driver kubernetes --driver-opt "replicas=0${options:+,$options}" ${flag:+"$flag" "$value"} --bootstrap >made.log 2>&1 ||
			fail_with "$name" "$(<made.log)"
	done
}

@test "what the newest BuildX and 0.13 make of each option is imported, and differs in nothing" {
	make_files
	{ option_sets && newer_option_sets; } | make_all "$RECONCILE_BUILDX_NEW" new
	# Of several folders of files it mounts one: what it makes of certificates never starts, and differs.
	option_sets | grep -v ^certs | make_all "$RECONCILE_BUILDX_OLD" old
	run -0 --separate-stderr reconcile --import -o state.yaml
	[[ $stderr == *"in the cluster of test/$namespace in $KUBECONFIG"* ]]
	settled
	[[ $output == *"40 builders match"* ]]
	# By what the context says, and from the state file's own word for it.
	unset KUBECONFIG
	settled
	# The store alone tells none of it: the cluster was looked at.
	kube delete "deployment/${B}plainnew0"
	differs "builder.${B}plainnew" "Deployment of node ${B}plainnew0 is gone"
}

# What is done to the Deployment, and what the plan says of it.
drifts() {
	cat <<-'S'
		scale deployment/@ --replicas=2|workload.replicas  2 → 0
		set image deployment/@ buildkitd=moby/buildkit:v0.26.2|workload.image  moby/buildkit:v0.26.2 → moby/buildkit:buildx-stable-1
		set env deployment/@ A=c|workload.env.A  c → b
		set env deployment/@ EXTRA=1|workload.env.EXTRA  1
		set resources deployment/@ --limits=memory=2Gi|workload.limits.memory  2Gi → 1Gi
		set serviceaccount deployment/@ other|workload.serviceaccount  other → default
		patch deployment/@ -p {"spec":{"template":{"spec":{"nodeSelector":{"pool":"x"}}}}}|workload.nodeselector  pool=x
		patch deployment/@ -p {"spec":{"template":{"spec":{"tolerations":[{"operator":"Exists"}]}}}}|workload.tolerations  operator=Exists
		patch deployment/@ -p {"spec":{"template":{"spec":{"schedulerName":"mine"}}}}|workload.schedulername  mine → default-scheduler
		patch deployment/@ -p {"spec":{"template":{"spec":{"containers":[{"name":"buildkitd","args":["--debug"]}]}}}}|workload.buildkitd-flags  --debug →
		annotate deployment/@ buildx.docker.com/platform=linux/riscv64|workload.platforms  linux/riscv64
		patch configmap/@-config -p {"data":{"buildkitd.toml":"debug=false"}}|workload.buildkitd.toml: debug  false → true
		patch configmap/@-config -p {"data":{"more.toml":"x=1"}}|workload.more.toml
	S
}
# As it was saved, but for what the API server counts. kubectl asks for that first, and is refused where a controller
# writes in between.
put_back() {
	local object
	for object in deployment configmap; do
		wait_until 120 kube replace -f "$object.json" >/dev/null
	done
}

scaled_back() { [[ $(kube get "deployment/$1" -o 'jsonpath={.spec.replicas}') == 1 ]]; }

@test "drift of thirteen kinds shows, and nothing of what others add" {
	local node="${B}0" what says object
	make_files
	docker buildx create --name "$B" --driver kubernetes --driver-opt replicas=0,limits.memory=1Gi,env.A=b --config config.toml --bootstrap
	docker buildx create --name "${B}scaled" --driver kubernetes --driver-opt replicas=0 --bootstrap
	run -0 --separate-stderr reconcile --import -o state.yaml
	settled
	# It takes its time, and then the number of pods is its own.
	kube autoscale "deployment/${B}scaled0" --min 1 --max 1
	kube scale "deployment/${B}scaled0" --replicas 2
	for object in deployment configmap; do
		kube get "$object" -o json -l '!none' | jq '.items | map(select(.metadata.name | startswith("'"$node"'"))) | .[0] | del(.metadata.resourceVersion, .status)' >"$object.json"
	done
	while IFS='|' read -r what says; do
		# shellcheck disable=SC2086 # words of a command, none of which has a blank in it
		kube ${what//@/$node} >/dev/null
		differs "nodes.$node.$says" "changed outside"
		put_back
	done < <(drifts)
	wait_until 120 scaled_back "${B}scaled0"
	settled
	# A sidecar that admission adds, labels and annotations of other tools.
	kube annotate "deployment/$node" kubectl.kubernetes.io/restartedAt=now
	kube label "deployment/$node" owner=me
	kube patch "deployment/$node" -p '{"spec":{"template":{"spec":{"containers":[{"name":"proxy","image":"localhost/pause:1"}]}}}}'
	settled
}

@test "a configuration that BuildX mounts nowhere is a difference" {
	make_files
	docker buildx create --name "$B" --driver kubernetes --driver-opt replicas=0,persistent-volume-claim.requests.storage=1Gi --config config.toml --bootstrap
	run -0 reconcile --import -o state.yaml
	differs "nodes.${B}0.workload.buildkitd.toml: debug  true" "BuildX mounts it nowhere beside a claim"
}

@test "what Helm keeps is used and left; another store's is taken over only when asked" {
	docker buildx create --name "$B" --driver kubernetes --driver-opt replicas=0 --bootstrap
	kube annotate "deployment/${B}0" meta.helm.sh/release-name=pool
	kube label "deployment/${B}0" app.kubernetes.io/managed-by=Helm
	run -0 reconcile --import -o state.yaml
	kube set image "deployment/${B}0" buildkitd=moby/buildkit:v0.26.2
	run -0 reconcile --check -f state.yaml
	[[ $output == *"kept by Helm release pool, and is left as it is: it differs from the state in 1 thing"* ]]
	kube label "deployment/${B}0" app.kubernetes.io/managed-by-
	kube annotate "deployment/${B}0" meta.helm.sh/release-name-
	rm "$BUILDX_CONFIG/instances/$B"
	differs "was not made by this store" "pass --adopt $B"
}
