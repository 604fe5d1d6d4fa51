#!/usr/bin/env bats
# The way to a cluster: which kubeconfig, context and credentials lead there, as BuildX finds it, and what is said of
# each that does not.
# shellcheck disable=SC2154 # lib.bash sets namespace, B, status, output

load lib

setup() {
	kubernetes_setup
	docker buildx create --name "$B" --node "${B}0" --driver kubernetes --driver-opt "image=$image_a,namespace=$namespace" >/dev/null
	printf 'version: 1\nbuilders:\n  %s: {driver: kubernetes, bootstrap: false, driver-opts: {image: "%s", namespace: "%s"}, nodes: {%s0: {}}}\n' \
		"$B" "$image_a" "$namespace" "$B" >reconcile.yaml
}
teardown() { kubernetes_teardown; }

# The node's endpoint names this file from now on; without one, the environment decides.
named() {
	sed -i "s#kubeconfig=[^\"]*#kubeconfig=${1:-}#" "$BUILDX_CONFIG/instances/$B"
}
# A kubeconfig made of the administrator's, or of another user's, by an edit.
edited() { # NAME SED-SCRIPT [USER]
	sed -E "$2" "$RECONCILE_CLUSTER_DIR/${3:-admin}.kubeconfig" >"$BATS_TEST_TMPDIR/$1"
	named "$BATS_TEST_TMPDIR/$1"
}
reached() { # nothing is missing, whatever is planned
	run --separate-stderr reconcile --plan
	[[ $status -eq 0 && $output != *"could not observe"$'\n'"  ? cluster"* && $output != *cluster-* ]] || fail_with "$status: $output"
}
unreached() { # for this reason, with this mend; nothing is ever taken for gone
	run --separate-stderr reconcile --plan
	[[ $status -eq 8 && $output == *"$1"* && $output == *"$2"* ]] || fail_with "$status: $output"
	[[ $output != *gone* && $output != *"to create, "[1-9]* ]] || fail_with "$output"
}

@test "the kubeconfig of the endpoint, of KUBECONFIG, of several there, of HOME" {
	reached
	edited moved 's/^/ /'
	reached
	named
	reached
	# Two halves of one: the first that says a thing counts, and what is not there is skipped.
	sed '/^users:/,$d' "$KUBECONFIG" >clusters
	sed '/^current-context:/d; /^clusters:/,/^users:/{/^users:/!d}' "$KUBECONFIG" >users
	KUBECONFIG=$PWD/none:$PWD/users:$PWD/clusters reached
	mkdir -p home/.kube
	cp "$KUBECONFIG" home/.kube/config
	KUBECONFIG='' HOME=$PWD/home reached
	named "$BATS_TEST_TMPDIR/none"
	unreached "none: No such file or directory" "bring the file back"
	named
	KUBECONFIG=$PWD/none unreached "there is no kubeconfig: $PWD/none" "set KUBECONFIG"
}

@test "who we are: a token, a file with one, a certificate of files, a password that nobody takes; as somebody else" {
	kube create role reads --verb get,list --resource deployments.apps,statefulsets.apps,pods,configmaps,persistentvolumeclaims
	kube create rolebinding reads --role reads --group devs
	kube create clusterrole "$B" --verb get --resource namespaces
	kube create clusterrolebinding "$B" --clusterrole "$B" --group devs
	printf '%s\n' "$(awk '/token:/{print $2}' "$RECONCILE_CLUSTER_TOKEN")" >token
	edited by-token '' token
	wait_until 60 reached
	edited by-file "s#token: .*#tokenFile: ../$(basename "$PWD")/token#" token
	reached
	cp "$RECONCILE_CLUSTER_PKI"/dev{,-key}.pem "$RECONCILE_CLUSTER_PKI/ca.pem" .
	edited by-certificate 's#client-certificate-data: .*#client-certificate: dev.pem#; s#client-key-data: .*#client-key: dev-key.pem#; s#certificate-authority-data: .*#certificate-authority: ca.pem#' dev
	reached
	edited as-dev 's#^    client-certificate-data#    as: dev\n    as-groups: [devs]\n&#'
	reached
	edited by-password 's#token: .*#username: planted-Auth-8pLs\n    password: planted-Key-4nBg#' token
	unreached "system:anonymous" "takes no passwords since 1.19"
	edited with-old-token 's#token: .*#token: planted-Auth-8pLs#' token
	unreached "Unauthorized" "the token of the user token has expired, or is another cluster's"
	kube delete clusterrolebinding,clusterrole "$B"
}

@test "what stands in the way is told apart: a port, a name, an authority, another server, a proxy" {
	edited refused 's#(server: ).*#\1https://127.0.0.1:1#'
	unreached "connection refused" "the kubeconfig's server"
	edited unnamed 's#(server: ).*#\1https://no-such-host.invalid#'
	unreached "could not be resolved" "DNS"
	edited unknown '/certificate-authority-data/d'
	unreached "signed by an unknown authority" "certificate-authority"
	edited trusting 's#certificate-authority-data: .*#insecure-skip-tls-verify: true#'
	reached
	edited renamed 's#^    server: .*#&\n    tls-server-name: kubernetes.default.svc#'
	reached
	edited misnamed 's#^    server: .*#&\n    tls-server-name: other.example#'
	unreached "for another name" "tls-server-name"
	edited plain 's#(server: )https(.*)#\1http\2#; /certificate-authority-data/d; /client-/d'
	unreached "the API server wants TLS" "https://"
	edited proxied 's#^    server: .*#&\n    proxy-url: http://planted-Url-3mRt:p@127.0.0.1:1#'
	unreached "connection refused" ""
	# Go asks no proxy of the environment for this machine.
	edited here ''
	HTTPS_PROXY=http://127.0.0.1:1 reached
	edited cut "/^users:/,\$s/.*/[/"
	unreached "$BATS_TEST_TMPDIR/cut, line " ""
}

# Starts what stands between (way.py), sets $port; what it carried is in $carried.
way() { # MODE…
	carried=$BATS_TEST_TMPDIR/carried-${#helpers[@]}
	"$root/tests/kubernetes/way.py" "$@" >"$carried" 3>&- &
	helpers+=($!)
	wait_until 60 [ -s "$carried" ] || fail_with "$1: it does not start"
	port=$(head -n 1 "$carried")
}
proxied() { # URL [SED-SCRIPT]: by way of this proxy, to the address that 127.0.0.1 of the kubeconfig is
	edited proxied "s#^    server: .*#&\n    proxy-url: $1#; ${2:-}"
}
is_seen() { # PATTERN: the node of this test's builder is
	# shellcheck disable=SC2053
	[[ $(node "$B") == $1 ]]
}
carried() { # the node is seen through and through, and the proxy has seen it all
	wait_until 60 is_seen "running " || fail_with "$(node "$B")"
	[[ $(wc -l <"$carried") -gt 1 ]] || fail_with "nothing went that way"
}
stopped() { wait_until 60 is_seen "unknown cluster test *$1*" || fail_with "$(node "$B")"; }

@test "by way of a proxy: HTTP, TLS, SOCKS5, with and without a password; what it does not let through" {
	local scheme
	deployed "${B}0"
	kube rollout status "deployment/${B}0" --timeout 240s >/dev/null
	for scheme in socks5 http; do
		way "$scheme"
		# The name is looked up by the proxy.
		proxied "$scheme://127.0.0.1:$port" 's#127.0.0.1(:[0-9]+$)#localhost\1#m; s#^    server: .*#&\n    tls-server-name: kubernetes.default.svc#'
		carried
		proxied "$scheme://127.0.0.1:$port" 's#(server: .*:)[0-9]+#\11#m'
		stopped "by proxy 127.0.0.1:$port: the proxy let no connection through"
		way "$scheme" planted-Url:3mRt
		proxied "$scheme://planted-Url:3mRt@127.0.0.1:$port"
		carried
		proxied "$scheme://127.0.0.1:$port"
		stopped "by proxy 127.0.0.1:$port: the proxy wants a user and a password"
	done
	# Its certificate is held against what the API server's is, as Go does it.
	way https "$RECONCILE_CLUSTER_PKI"/apiserver{,-key}.pem
	proxied "https://127.0.0.1:$port"
	carried
	proxied "https://127.0.0.1:$port" 's#certificate-authority-data: .*#insecure-skip-tls-verify: true#'
	carried
	proxied "https://127.0.0.1:$port" '/certificate-authority-data/d'
	stopped "by proxy 127.0.0.1:$port: TLS: the server's certificate is signed by an unknown authority"
	proxied "http://127.0.0.1:$port"
	stopped "by proxy 127.0.0.1:$port: the proxy closed the connection"
	# A server that speaks nothing newer, over HTTP/2 and for exec.
	way tls1.2 "$(sed -n 's#.*server: https://##p' "$KUBECONFIG")" "$RECONCILE_CLUSTER_PKI/ca.pem" "$RECONCILE_CLUSTER_PKI"/apiserver{,-key}.pem
	kube create rolebinding reads --clusterrole cluster-admin --group devs
	edited old "s#(server: ).*#\\1https://127.0.0.1:$port#" token
	carried
}

# A program that gives the administrator's certificate.
plugin() {
	jq -n --rawfile c "$RECONCILE_CLUSTER_PKI/admin.pem" --rawfile k "$RECONCILE_CLUSTER_PKI/admin-key.pem" \
		'{kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1", status: {clientCertificateData: $c, clientKeyData: $k}}' >credential
	printf '#!/bin/sh\necho run >>%q\n%s\ncat %q\n' "$PWD/runs" "${1:-}" "$PWD/credential" >"$B-plugin"
	chmod 755 "$B-plugin"
	: >runs
	edited "${2:-with-plugin}" "s#token: .*#exec: {command: ./$B-plugin, apiVersion: client.authentication.k8s.io/v1, interactiveMode: IfAvailable}#" token
}

@test "an exec plugin is run once, and said; not by way of the state file's repository" {
	plugin
	reached
	[[ $stderr == *"running $PWD/$B-plugin for credentials of the cluster test"* && $(wc -l <runs) == 1 ]]
	plugin 'echo "password=planted-Auth-8pLs: log in first" >&2; exit 7'
	unreached "gave no credentials (exit status 7)" "log in with"
	[[ $output == *"log in first"* ]]
	plugin 'sleep 600'
	run reconcile --plan --timeout 1
	[[ $status -eq 8 && $output == *"gave no credentials within 3 s"* ]]
	plugin
	git init -q .
	unreached "is in the repository of the state files" "keep the kubeconfig elsewhere"
	# Nor where no state file says which repository that is.
	reconcile --gc --yes >gc.out 2>&1 || true
	mkdir -p ../none
	(cd ../none && reconcile --doctor >"$OLDPWD/doctor.out" 2>&1) || true
	grep -F "is in the repository" doctor.out
	[[ ! -s runs ]]
}

# The node of driver remote: what it is and why.
at_pod() { node at-pod '.state + " " + (.reason // "") + " " + (.buildkit // "")'; }
at_pod_is() { [[ $(at_pod) == *"$1"* ]]; }
at_pod_says() { wait_until 60 at_pod_is "$1" || fail_with "no \"$1\" in: $(at_pod)"; }
moved() { # the endpoint of that node, by an edit
	jq --arg to "kube-pod://$1" '.Nodes[0].Endpoint = $to' "$BUILDX_CONFIG/instances/at-pod" >moved
	cp moved "$BUILDX_CONFIG/instances/at-pod"
}

@test "a pod that a remote builder names: asked as BuildX asks it, and what is in the way told apart" {
	local pod at
	deployed "$B-pool" '.spec.template.spec.containers += [{name: "beside", image: .spec.template.spec.containers[0].image, command: ["sleep", "600"]}]'
	kube rollout status "deployment/$B-pool" --timeout 240s >/dev/null
	pod=$(kube get pods -l "app=$B-pool" -o 'jsonpath={.items[0].metadata.name}')
	at="$pod?context=test&namespace=$namespace&container=buildkitd"
	docker buildx create --name at-pod --driver remote "kube-pod://$at" >/dev/null
	docker buildx inspect --bootstrap at-pod >/dev/null
	printf 'version: 1\nbuilders:\n  at-pod: {driver: remote, endpoint: "kube-pod://%s"}\n' "$at" >state.yaml
	settled
	at_pod_says "running  v"
	[[ $(node at-pod '.platforms | length') -gt 0 ]]
	run -0 reconcile --reset at-pod --cache-only --yes -f state.yaml
	# Without a context, a namespace and a container, what the kubeconfig and the pod say; another kubeconfig is another way.
	moved "$pod"
	at_pod_says "running  v"
	KUBECONFIG=$PWD/none at_pod_says "there is no kubeconfig: $PWD/none"
	moved "$pod?context=other"
	at_pod_says "the context other is not in $KUBECONFIG"
	moved "$pod?container=gone"
	at_pod_says "pod $pod in namespace $namespace has no container gone"
	moved "$pod?container=beside"
	at_pod_says "in its pod: "
	moved "gone-0"
	at_pod_says 'pods "gone-0" not found'
	has_fault daemon-unreachable
	# Who may look at pods and not exec is told which verb is missing.
	moved "$at"
	as_user dev
	at_pod_says 'cannot get resource "pods" in'
	kube create role looks --verb get --resource pods
	kube create rolebinding looks --role looks --group devs
	at_pod_says 'cannot get resource "pods/exec"'
	has_fault cluster-forbids
	# A kubeconfig that lies where the state files do is whoever's writes there.
	plugin
	git init -q .
	KUBECONFIG=$PWD/with-plugin at_pod_says "is in the repository of the state files"
	[[ ! -s runs ]]
}

@test "no credential is in what is said or kept" {
	local way
	git init -q --bare elsewhere.git # no repository of the state file
	edited with-token '' token
	for way in text json markdown; do reconcile --plan --format "$way"; done >said 2>&1 || true
	reconcile --snapshot >>said 2>&1 || true
	reconcile --doctor >>said 2>&1 || true
	run ! grep -F "$(awk '/token:/{print $2}' "$RECONCILE_CLUSTER_TOKEN")" said
	edited with-key ''
	for way in text json markdown; do reconcile --plan --format "$way"; done >said 2>&1 || true
	reconcile --snapshot >>said 2>&1 || true
	run ! grep -F "$(awk '/client-key-data:/{print substr($2, 1, 40)}' "$KUBECONFIG")" said
	run ! grep -r "PRIVATE KEY" said
}
