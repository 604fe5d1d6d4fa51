# Every option of the kubernetes driver: a table of builders, of which one side is what BuildX is told and the other is what
# a state file says.
# shellcheck shell=bash
# shellcheck disable=SC2154 # lib.bash sets B, namespace

# A configuration beside a claim is not among them: BuildX mounts it nowhere, so a plan mounts it (plants.bash).
# "name|BuildX|options|more"
#   BuildX  the oldest that knows the options: old (0.13), or new
#   more    what is no driver option: more_NAME prints the lines of the state file, and sets `arguments` of BuildX
option_sets() {
	cat <<-ROWS
		plain|old||
		image|old|image=$RECONCILE_BUILDKIT_IMAGE_OTHER|
		replicas|old|replicas=2|
		resources|old|requests.cpu=50m requests.memory=65536Ki limits.cpu=1000m limits.memory=1024Mi|
		nodeselector|old|nodeselector=kubernetes.io/os=linux,kubernetes.io/hostname=node|
		tolerations|old|tolerations=key=pool,value=build,effect=NoSchedule;key=spot,operator=Exists,effect=NoExecute,tolerationSeconds=30|
		labels|old|labels=team=a,tier=ci annotations=example.com/owner=a,example.com/x=y|
		account|old|serviceaccount=builder|
		random|old|loadbalance=random|
		flags|old||flags
		platforms|old||platforms
		config|old||config
		rootless|old|rootless=true|
		notrootless|old|rootless=false image=$RECONCILE_BUILDKIT_IMAGE|
		qemu|old|qemu.install=true qemu.image=localhost/binfmt:1|
		load|new|default-load=true|
		patience|new|timeout=1m|
		storage|new|limits.ephemeral-storage=2Gi|
		request|new|requests.ephemeral-storage=1024Mi|
		both|new|requests.ephemeral-storage=1Gi limits.ephemeral-storage=2Gi|
		memory|new|buildkit-root-volume-memory=256Mi|
		environment|new|env.A=1 env.B=2 env.HTTP_PROXY=http://proxy.example.com:3128|
		scheduler|new|schedulername=other|
		certificates|new||certificates
		claim|new|persistent-volume-claim.requests.storage=1Gi|
		claims|new|persistent-volume-claim.requests.storage=1024Mi replicas=2|
		claimflags|new|persistent-volume-claim.requests.storage=1Gi|flags
		claimrootless|new|persistent-volume-claim.requests.storage=1Gi rootless=true|
	ROWS
}

more_flags() {
	arguments+=(--buildkitd-flags '--debug --allow-insecure-entitlement=security.insecure')
	echo "buildkitd-flags: [--debug, --allow-insecure-entitlement=security.insecure]"
}
more_platforms() {
	arguments+=(--platform linux/amd64,linux/arm64)
	echo "platforms: [linux/amd64, linux/arm64]"
}
# BuildX reads the file when the builder is made, and so does the product when it plans.
more_config() {
	printf 'debug = true\n[worker.oci]\n  max-parallelism = 3\n' >config.toml
	arguments+=(--"$config_option" config.toml)
	echo "buildkitd-config: $PWD/config.toml"
}
more_certificates() {
	local registry
	for registry in r1 r2; do
		cp "$RECONCILE_CLUSTER_PKI/ca.pem" "$registry.pem"
		printf '[registry."%s.example.com"]\n  ca = ["%s"]\n' "$registry" "$PWD/$registry.pem"
	done >certificates.toml
	arguments+=(--"$config_option" certificates.toml)
	echo "buildkitd-config: $PWD/certificates.toml"
}

# Makes a builder of every row that this BuildX (old, new) knows, with a workload in the cluster, and state.yaml that says
# the same. Nobody waits for the pods: some have no image here, and a workload is compared as it is.
make_option_sets() { # BuildX
	local buildx=$RECONCILE_BUILDX_NEW config_option=buildkitd-config since name options more option arguments made=()
	[[ $1 == new ]] || { buildx=$RECONCILE_BUILDX_OLD config_option=config; }
	kube create serviceaccount builder >/dev/null
	printf 'version: 1\nbuilders:\n' >state.yaml
	while IFS='|' read -r name since options more; do
		[[ $1 == new || $since == old ]] || continue
		arguments=()
		printf '  %s-%s:\n    driver: kubernetes\n' "$B" "$name" >>state.yaml
		[[ -z $more ]] || "more_$more" >more
		[[ -z $more ]] || sed 's/^/    /' more >>state.yaml
		[[ -z $options ]] || printf '    driver-opts:\n' >>state.yaml
		for option in $options; do
			arguments+=(--driver-opt "\"$option\"")
			printf '      %s: "%s"\n' "${option%%=*}" "${option#*=}" >>state.yaml
		done
		"$buildx" create --name "$B-$name" --driver kubernetes "${arguments[@]}" >/dev/null
		made+=("$name")
		"$buildx" inspect --bootstrap "$B-$name" >"$name.log" 2>&1 3>&- &
		helpers+=($!)
	done < <(option_sets)
	for name in "${made[@]}"; do wait_until 120 workload_is_there "$B-${name}0"; done
}
workload_is_there() { kube get deployment,statefulset -o name | grep -qx ".*/$1"; }
