# shellcheck shell=bash
# What a cluster of the tests is told: its certificates and users, and the files that its programs read. Sourced after lib.sh.
# shellcheck disable=SC2034,SC2154 # `folder` is of who sources it, and some of these names are for them

NODE_ADDRESS=10.90.0.1
SERVICE_NETWORK=10.96.0.0/16
SERVICE_ADDRESS=10.96.0.1   # where pods look for the API server: the first of that network
POD_NETWORK=10.91.0.0/24
API_PORT=443                # without a proxy for services, theirs must be its own
API_TOKEN=token-of-a-user   # of the user token, in the group devs; reaches nothing until a test grants it

# signed NAME SUBJECT EXTENSION: a certificate of the cluster's authority.
signed() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$2" -keyout "$folder/pki/$1-key.pem" -out "$folder/pki/request.pem" 2>/dev/null
    openssl x509 -req -in "$folder/pki/request.pem" -CA "$folder/pki/ca.pem" -CAkey "$folder/pki/ca-key.pem" -CAcreateserial -days 2 \
        -out "$folder/pki/$1.pem" -extfile <(printf '%s\n' "$3") 2>/dev/null
}

# kubeconfig NAME USER-FIELD…: NAME.kubeconfig, for the user of that name.
kubeconfig() {
    local name=$1
    shift
    {
        printf '%s\n' 'apiVersion: v1' 'kind: Config' 'current-context: test' 'clusters:' '- name: test' '  cluster:' \
            "    server: https://127.0.0.1:$API_PORT" "    certificate-authority-data: $(base64 -w 0 "$folder/pki/ca.pem")" \
            'contexts:' '- name: test' "  context: {cluster: test, user: $name, namespace: default}" 'users:' "- name: $name" '  user:'
        printf '    %s\n' "$@"
    } >"$folder/$name.kubeconfig"
}
with_certificate() {
    kubeconfig "$1" "client-certificate-data: $(base64 -w 0 "$folder/pki/$1.pem")" "client-key-data: $(base64 -w 0 "$folder/pki/$1-key.pem")"
}

write_certificates() {
    mkdir -m 700 "$folder/pki"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -x509 -days 2 -subj /CN=test-ca -keyout "$folder/pki/ca-key.pem" -out "$folder/pki/ca.pem" 2>/dev/null
    signed apiserver /CN=kube-apiserver "subjectAltName=IP:127.0.0.1,IP:$NODE_ADDRESS,IP:$SERVICE_ADDRESS,DNS:localhost,DNS:kubernetes.default.svc"
    signed admin /O=system:masters/CN=admin extendedKeyUsage=clientAuth
    signed dev /O=devs/CN=dev extendedKeyUsage=clientAuth
    openssl genrsa -out "$folder/pki/accounts-key.pem" 2048 2>/dev/null
    with_certificate admin
    with_certificate dev
    kubeconfig token "token: $API_TOKEN"
}

write_configuration() {
    mkdir "$folder/network"
    printf '%s,token,1001,"devs"\n' "$API_TOKEN" >"$folder/tokens.csv"
    cat <<-YAML >"$folder/audit.yaml"
	apiVersion: audit.k8s.io/v1
	kind: Policy
	omitStages: [RequestReceived]
	rules: [{level: Metadata}]
	YAML
    cat <<-JSON >"$folder/network/10-pods.conflist"
	{"cniVersion": "0.4.0", "name": "pods", "plugins": [{"type": "bridge", "bridge": "pods0", "isGateway": true, "ipMasq": false,
	 "ipam": {"type": "host-local", "dataDir": "$folder/addresses", "ranges": [[{"subnet": "$POD_NETWORK"}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
	JSON
    # Root of a container or a small VM may not lower a process's OOM score, and no AppArmor profile of the machine's is needed.
    cat <<-TOML >"$folder/containerd.toml"
	version = 2
	root = "$folder/data"
	state = "$folder/exec"
	[grpc]
	  address = "$folder/containerd.sock"
	[plugins."io.containerd.grpc.v1.cri"]
	  sandbox_image = "localhost/pause:1"
	  disable_apparmor = true
	  restrict_oom_score_adj = true
	  stream_server_address = "127.0.0.1"
	  [plugins."io.containerd.grpc.v1.cri".cni]
	    bin_dir = "$KUBERNETES_TOOLS_ENTRY/bin"
	    conf_dir = "$folder/network"
	TOML
    # Everybody who reaches it may ask it: that is the API server, in this network.
    cat <<-YAML >"$folder/kubelet.yaml"
	apiVersion: kubelet.config.k8s.io/v1beta1
	kind: KubeletConfiguration
	containerRuntimeEndpoint: unix://$folder/containerd.sock
	cgroupDriver: cgroupfs
	cgroupsPerQOS: false
	enforceNodeAllocatable: []
	failSwapOn: false
	failCgroupV1: false
	oomScoreAdj: 0
	makeIPTablesUtilChains: false
	authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
	authorization: {mode: AlwaysAllow}
	imageGCHighThresholdPercent: 100
	evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}
	nodeStatusUpdateFrequency: 4s
	syncFrequency: 1s
	resolvConf: ""
	clusterDNS: [10.96.0.10]
	readOnlyPort: 0
	YAML
    cat <<-YAML >"$folder/objects.yaml"
	apiVersion: storage.k8s.io/v1
	kind: StorageClass
	metadata:
	  name: host-path
	  annotations: {storageclass.kubernetes.io/is-default-class: "true"}
	provisioner: kubernetes.io/host-path
	YAML
}
