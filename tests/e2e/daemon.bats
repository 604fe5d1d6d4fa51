#!/usr/bin/env bats
# What BuildKit daemons say of themselves, and why they say nothing: real ones, the newest and an old one, on a Unix
# socket, TCP and mutual TLS, in containers and inside the Engine.
load lib
setup() {
	common_setup
	daemons=()
	short=$(mktemp -d /tmp/rd-XXXXXX) # short: a socket's path has 107 bytes
}
teardown() {
	end_ours "${daemons[@]}"
	rm -rf "$short"
	common_teardown
}

# Folder with buildkitd, then its options; its root, its log and its trace socket are this test's own: of two that start
# with the same one (/run/buildkit/otel-grpc.sock) at once, one ends.
daemon() {
	local bin=$1
	shift
	[[ -x $bin/buildkitd ]] || skip "no such buildkitd"
	PATH=$bin:$PATH timeout 3600 "$bin/buildkitd" --root "$short/root${#daemons[@]}" --oci-worker-snapshotter=native \
		--otel-socket-path "$short/otel${#daemons[@]}.sock" \
		"$@" >"daemon${#daemons[@]}.log" 2>&1 3>&- &
	daemons+=($!)
}
both() { printf '%s\n' "$RECONCILE_BUILDKIT_BIN" ${RECONCILE_BUILDKIT_OLD_BIN:+"$RECONCILE_BUILDKIT_OLD_BIN"}; }
version_of() { "$1/buildkitd" --version | awk '{print $3}'; }

# A remote node as `docker buildx create` leaves it; BuildX itself would not say why a daemon is not there.
remote() { # name endpoint [option=value…]
	local name=$1 endpoint=$2 options=()
	shift 2
	for option; do options+=(--driver-opt "$option"); done
	docker buildx create --name "$name" --driver remote "${options[@]}" "$endpoint" >/dev/null
}
node() { # builder jq-filter: of its first node in a snapshot
	run -0 --separate-stderr reconcile --snapshot --timeout 60
	jq -r --arg name "$1" ".builders[] | select(.name == \$name) | .nodes[0] | $2" <<<"$output"
}
empty_state() { printf 'version: 1\nbuilders: {}\n' >state.yaml; }
says() { # words: of --status and --plan, about the node
	empty_state
	run --separate-stderr reconcile --status --timeout 60 -f state.yaml
	[[ $output == *"$1"* ]] || fail_with "--status does not say \"$1\": $output $stderr"
	run --separate-stderr reconcile --plan --timeout 60 -f state.yaml
	[[ $output == *"$1"* ]] || fail_with "--plan does not say \"$1\": $output $stderr"
}

@test "a daemon on a Unix socket and on TCP: version, workers, gc policy, disk use" {
	local bin port
	while read -r bin; do
		port=$(free_port)
		daemon "$bin" --addr "unix://$short/b.sock" --addr "tcp://127.0.0.1:$port"
		listening "$port"
		remote "$B-unix" "unix://$short/b.sock"
		remote "$B-tcp" "tcp://127.0.0.1:$port"
		for name in "$B-unix" "$B-tcp"; do
			[[ $(node "$name" .state) == running ]]
			[[ $(node "$name" .daemon.version) == "$(version_of "$bin")" ]]
			[[ $(node "$name" '.daemon.workers[0].platforms[0]') == "linux/"* ]]
			[[ $(node "$name" '.daemon.workers[0].rules | length') -gt 1 ]]
			[[ $(node "$name" '.daemon | [.disk_known, .builds_known] | all') == true ]]
		done
		docker buildx rm --keep-daemon "$B-unix" "$B-tcp" >/dev/null
		end_ours "${daemons[-1]}"
		rm -f "$short/b.sock"
	done < <(both)
}

@test "what is building now, and disk use by kind" {
	daemon "$RECONCILE_BUILDKIT_BIN" --addr "unix://$short/b.sock"
	wait_until 300 "$RECONCILE_BUILDKIT_BIN/buildctl" --addr "unix://$short/b.sock" debug workers
	remote "$B" "unix://$short/b.sock"
	[[ $(node "$B" '.daemon.builds | length') == 0 ]]
	build_context
	printf 'FROM scratch AS slow\nCOPY busybox /busybox\nRUN ["/busybox", "sleep", "600"]\n' >context/Dockerfile
	timeout 600 "$RECONCILE_BUILDKIT_BIN/buildctl" --addr "unix://$short/b.sock" build --frontend dockerfile.v0 \
		--local context=context --local dockerfile=context --opt target=slow >build.log 2>&1 3>&- &
	daemons+=($!)
	builds() { [[ $(node "$B" '.daemon.builds[0].name // empty') == "target slow" ]]; }
	wait_until 300 builds
	[[ $(node "$B" '.daemon.disk | length') -ge 1 ]]
}

certificates() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test-ca -keyout ca-key.pem -out ca.pem 2>/dev/null
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=other-ca -keyout other-key.pem -out other.pem 2>/dev/null
	local who
	for who in server client expired; do
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$who" -keyout "$who-key.pem" -out "$who.csr" 2>/dev/null
		openssl x509 -req -in "$who.csr" -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days "$([[ $who == expired ]] && echo -1 || echo 2)" \
			-out "$who.pem" -extfile <(printf 'subjectAltName=DNS:buildkitd.test\n') 2>/dev/null
	done
}

@test "mutual TLS; a wrong authority, a wrong name, an expired and a missing certificate are told apart" {
	local bin port old
	certificates
	local client=("cert=$PWD/client.pem" "key=$PWD/client-key.pem")
	while read -r bin; do
		port=$(free_port) old=$(free_port)
		daemon "$bin" --addr "tcp://127.0.0.1:$port" --tlscacert ca.pem --tlscert server.pem --tlskey server-key.pem
		daemon "$bin" --addr "tcp://127.0.0.1:$old" --tlscacert ca.pem --tlscert expired.pem --tlskey expired-key.pem
		listening "$port"
		listening "$old"
		told() { # words endpoint options…
			local words=$1
			shift
			remote "$B" "$@"
			says "$words"
			docker buildx rm --keep-daemon "$B" >/dev/null
		}
		remote "$B" "tcp://127.0.0.1:$port" "cacert=$PWD/ca.pem" servername=buildkitd.test "${client[@]}"
		[[ $(node "$B" .daemon.version) == "$(version_of "$bin")" ]]
		[[ $(node "$B" '.daemon | [.disk_known, .builds_known] | all') == true ]]
		docker buildx rm --keep-daemon "$B" >/dev/null
		told "signed by an unknown authority" "tcp://127.0.0.1:$port" "cacert=$PWD/other.pem" servername=buildkitd.test "${client[@]}"
		told "certificate is for another name" "tcp://127.0.0.1:$port" "cacert=$PWD/ca.pem" "${client[@]}"
		told "certificate has expired" "tcp://127.0.0.1:$old" "cacert=$PWD/ca.pem" servername=buildkitd.test "${client[@]}"
		told "wants a client certificate" "tcp://127.0.0.1:$port" "cacert=$PWD/ca.pem" servername=buildkitd.test
		told "does not know the authority of the client certificate" "tcp://127.0.0.1:$port" "cacert=$PWD/ca.pem" \
			servername=buildkitd.test "cert=$PWD/other.pem" "key=$PWD/other-key.pem"
		# Without TLS the reason is only that the connection ends; what to do about it is the plan's.
		remote "$B" "tcp://127.0.0.1:$port"
		empty_state
		run --separate-stderr reconcile --plan --timeout 60 -f state.yaml
		[[ $output == *"does the daemon want TLS?"* ]] || fail_with "$output"
		docker buildx rm --keep-daemon "$B" >/dev/null
	done < <(both)
}

@test "refused, silent, no socket, and what is no daemon at all" {
	local silent other
	remote "$B" "tcp://127.0.0.1:$(free_port)"
	says "connection refused"
	docker buildx rm --keep-daemon "$B" >/dev/null
	remote "$B" "unix://$short/none.sock"
	says "no such socket"
	docker buildx rm --keep-daemon "$B" >/dev/null
	other=$(free_port)
	timeout 3600 python3 -m http.server "$other" --bind 127.0.0.1 >/dev/null 2>&1 3>&- &
	daemons+=($!)
	listening "$other"
	remote "$B" "tcp://127.0.0.1:$other"
	[[ $(node "$B" .state) == unknown && $(node "$B" .reason) != null ]]
	docker buildx rm --keep-daemon "$B" >/dev/null
	silent=$(free_port)
	timeout 3600 socat "TCP-LISTEN:$silent,bind=127.0.0.1,reuseaddr,fork" EXEC:"sleep 3600" 3>&- &
	daemons+=($!)
	listening "$silent"
	remote "$B" "tcp://127.0.0.1:$silent"
	empty_state
	run --separate-stderr reconcile --status --timeout 1 -f state.yaml
	[[ $output == *"timed out after 1 s"* ]]
}

@test "container nodes and the Engine's own BuildKit; --no-probe asks none of them" {
	docker buildx create --name "$B" --driver docker-container --bootstrap >/dev/null 2>&1
	[[ $(node "$B" .state) == running && $(node "$B" .daemon.version) == v* ]]
	run -0 --separate-stderr reconcile --snapshot --no-probe
	[[ $(jq '[.builders[].nodes[].daemon | select(. != null)] | length' <<<"$output") == 0 ]]
	# A daemon that stands still is not "running", though its container is.
	daemon_signal STOP
	local _
	for _ in {1..60}; do # for its first seconds it may be on its way up, and a busy Engine may be the one that is late
		run -0 --separate-stderr reconcile --snapshot --timeout 1
		node=$(jq -r --arg name "$B" '.builders[] | select(.name == $name) | .nodes[0] | "\(.state): \(.reason)"' <<<"$output")
		[[ $node != "unknown: slow or silent: timed out after 1 s"* ]] || break
	done
	daemon_signal CONT
	[[ $node == "unknown: slow or silent: timed out after 1 s"* ]] || fail_with "$node"
}

@test "an Engine of another machine: the daemon of a container is reached through exec" {
	local port
	docker buildx create --name "$B" --driver docker-container --bootstrap >/dev/null 2>&1
	port=$(free_port)
	timeout 3600 socat "TCP-LISTEN:$port,bind=127.0.0.1,reuseaddr,fork" "UNIX-CONNECT:$RECONCILE_ENGINE_SOCK" 3>&- &
	daemons+=($!)
	listening "$port"
	# The private sockets that it goes through are in this folder and gone again.
	export XDG_RUNTIME_DIR=$short
	touch -d @0 "$short"
	sed -i "s|$DOCKER_HOST|tcp://127.0.0.1:$port|" "$BUILDX_CONFIG/instances/$B"
	[[ $(node "$B" .state) == running && $(node "$B" .daemon.version) == v* ]]
	[[ $(node "$B" '.daemon | [.disk_known, .builds_known] | all') == true ]]
	[[ $(stat -c %Y "$short") != 0 && -z $(ls -A "$short") ]]
}

@test "a daemon behind ssh: buildctl dial-stdio there; a host key that is not known is told apart" {
	daemon "$RECONCILE_BUILDKIT_BIN" --addr "unix://$short/b.sock"
	wait_until 300 "$RECONCILE_BUILDKIT_BIN/buildctl" --addr "unix://$short/b.sock" debug workers
	ssh_server "PATH=$RECONCILE_BUILDKIT_BIN:$PATH"
	remote "$B" "ssh://$(id -un)@127.0.0.1:$ssh_port$short/b.sock"
	[[ $(node "$B" .daemon.version) == "$(version_of "$RECONCILE_BUILDKIT_BIN")" ]]
	[[ $(node "$B" '.daemon | [.disk_known, .builds_known] | all') == true ]]
	: >ssh/known
	says "Host key verification failed"
}
