#!/usr/bin/env bats
# Builders of the remote driver: real daemons that this test runs, reached by socket, tcp and TLS, and never touched.
load lib
setup() {
	common_setup
	[[ -x ${RECONCILE_BUILDKIT_BIN:-}/buildkitd ]] || skip "no buildkitd here"
	[[ $(id -u) == 0 ]] || skip "buildkitd wants root"
	folder=$(mktemp -d /tmp/rm-XXXXXX) # short: a socket's path has 107 bytes
	daemons=()
}
teardown() {
	end_ours "${daemons[@]}"
	[[ -z ${folder:-} ]] || rm -rf "$folder"
	common_teardown
}

answers() { # buildctl's options for the daemon
	wait_until 300 "$RECONCILE_BUILDKIT_BIN/buildctl" "$@" debug workers >/dev/null 2>&1 ||
		fail_with "no daemon at $*: $(tail -n 3 "$folder"/*/log)"
}
launch() { # name, address, more options: a daemon of this test; sets $pid
	local name=$1 address=$2
	shift 2
	mkdir -p "$folder/$name"
	PATH=$RECONCILE_BUILDKIT_BIN:$PATH timeout 3600 "$RECONCILE_BUILDKIT_BIN/buildkitd" --root "$folder/$name/root" --addr "$address" \
		--oci-worker-snapshotter native --containerd-worker=false --otel-socket-path "$folder/$name/otel.sock" "$@" \
		>"$folder/$name/log" 2>&1 3>&- &
	pid=$!
	daemons+=("$pid")
}
daemon() { # name, address
	launch "$@"
	answers --addr "$2"
}
farm() { # lines below the builder, indented by four
	{
		printf 'version: 1\nselected: %s\nbuilders:\n  %s:\n    driver: remote\n' "$B" "$B"
		sed 's/^/    /'
	} >state.yaml
}
instance() { jq -r "$1" "$BUILDX_CONFIG/instances/$B"; }

@test "created, built on, moved to another daemon, removed; the daemons stay as they are" {
	local one=unix://$folder/one.sock two
	two=tcp://127.0.0.1:$(free_port)
	daemon one "$one"
	local first=$pid
	daemon two "$two"
	farm <<<"endpoint: $one"
	run -0 reconcile --plan -f state.yaml
	[[ $output == *"+ builder.$B"* && $output == *"endpoint"*"$one"* ]]
	apply
	settled
	run -0 build "$B"
	run -0 build "$B"
	[[ $output == *CACHED* ]]
	farm <<<"endpoint: $two"
	differs "~ builder.$B" "$one → $two" "the daemon at $one is left alone"
	run -0 reconcile --plan -f state.yaml
	[[ $output != *"-/+"* && $output != *"forces replacement"* ]]
	apply
	settled
	run -0 build "$B"
	[[ $output != *CACHED* ]]
	state <<-Y
		version: 1
		builders: {$B: {state: absent}}
	Y
	differs "- builder.$B" "the daemon at $two is left alone"
	apply
	settled
	[[ ! -e $BUILDX_CONFIG/instances/$B ]]
	is_ours "$first"
	is_ours "$pid"
	answers --addr "$two"
	run -0 --separate-stderr reconcile --rollback --yes
	run -0 build "$B"
	[[ $output == *CACHED* ]]
}

@test "two nodes with a platform each, in the store as BuildX itself would write them" {
	daemon one "unix://$folder/one.sock"
	daemon two "unix://$folder/two.sock"
	docker buildx create --name "$B" --driver remote --node one --platform linux/amd64 "unix://$folder/one.sock"
	docker buildx create --name "$B" --append --node two --platform linux/arm64 "unix://$folder/two.sock"
	farm <<-Y
		nodes:
		  one: {endpoint: "unix://$folder/one.sock", platforms: [linux/amd64]}
		  two: {endpoint: "unix://$folder/two.sock", platforms: [linux/arm64]}
	Y
	# That nothing here runs linux/arm64 is a finding, not a difference.
	reconcile --plan -f state.yaml --format json >plan.json
	jq -e --arg address "builder.$B" 'all(.resource_changes[]; .address != $address)' plan.json
	docker buildx rm "$B"
	apply
	settled
	run -0 docker buildx inspect "$B"
	[[ $output == *"linux/amd64*"* && $output == *"linux/arm64*"* ]]
	run -0 build "$B"
	farm <<-Y
		nodes:
		  two: {endpoint: "unix://$folder/two.sock", platforms: [linux/arm64, linux/amd64]}
	Y
	differs "~ builder.$B" "the daemon at unix://$folder/one.sock is left alone"
	apply
	settled
	[[ $(instance '.Nodes | length') == 1 ]]
	answers --addr "unix://$folder/one.sock"
	run -0 build "$B"
}

@test "what BuildX wrote is no difference, and its import neither" {
	daemon one "unix://$folder/one.sock"
	docker buildx create --name "$B" --driver remote --use --bootstrap "unix://$folder/one.sock"
	cp "$BUILDX_CONFIG/instances/$B" before
	farm <<<"endpoint: unix://$folder/one.sock"
	run -0 reconcile --plan -f state.yaml
	[[ $output != *"builder.$B"* ]]
	reconcile --import >imported.yaml
	run -0 --separate-stderr reconcile --check -f imported.yaml
	cmp before "$BUILDX_CONFIG/instances/$B"
}

certificates() { # into $folder, for 127.0.0.1 under the name "farm"
	local who
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test-ca -keyout "$folder/ca-key.pem" -out "$folder/ca.pem" 2>/dev/null
	for who in server client; do
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$who" -keyout "$folder/$who-key.pem" -out "$folder/$who.csr" 2>/dev/null
		openssl x509 -req -in "$folder/$who.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca-key.pem" -CAcreateserial -days 2 -out "$folder/$who.pem" \
			-extfile <(printf 'subjectAltName=DNS:farm\n') 2>/dev/null
	done
}

@test "mutual TLS; a certificate of another name, and files that are not there, are told" {
	local address
	certificates
	address=tcp://127.0.0.1:$(free_port)
	launch tls "$address" --tlscacert "$folder/ca.pem" --tlscert "$folder/server.pem" --tlskey "$folder/server-key.pem"
	answers --addr "$address" --tlscacert "$folder/ca.pem" --tlscert "$folder/client.pem" --tlskey "$folder/client-key.pem" --tlsservername farm
	farm <<-Y
		endpoint: $address
		driver-opts: {cacert: $folder/ca.pem, cert: $folder/client.pem, key: $folder/client-key.pem, servername: farm}
	Y
	apply
	settled
	run -0 build "$B"
	mv "$BUILDX_CONFIG/instances/$B" ours
	docker buildx create --name "$B" --driver remote --use \
		--driver-opt "cacert=$folder/ca.pem,cert=$folder/client.pem,key=$folder/client-key.pem,servername=farm" "$address"
	run -0 reconcile --plan -f state.yaml
	[[ $output != *"builder.$B"* ]]
	jq -S . "$BUILDX_CONFIG/instances/$B" >theirs.json
	jq -S '.Nodes[].Platforms = []' ours >ours.json
	jq -S '.Nodes[].Platforms = []' theirs.json | cmp - ours.json

	sed -i 's/servername: farm/servername: elsewhere/' state.yaml
	run -7 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $output$stderr == *"does not answer"* && $output$stderr == *certificate* ]]
	[[ $(instance '.Nodes[0].DriverOpts.servername') == farm ]]

	sed -i 's/servername: elsewhere/servername: farm/; s/ca\.pem/gone.pem/' state.yaml
	run -1 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $output == *remote-tls-missing* && $stderr == *"cacert $folder/gone.pem: No such file or directory"* ]]
	[[ $(instance '.Nodes[0].DriverOpts.cacert') == "$folder/ca.pem" ]]
	sed -i 's/gone\.pem/ca.pem/' state.yaml
	rm "$folder/client-key.pem"
	run -0 --separate-stderr reconcile --check -f state.yaml
	[[ $output == *remote-tls-missing* && $output == *"client-key.pem"* && $output == *"No changes."* ]]
}

@test "a daemon that is silent: a new builder is taken back, and without bootstrap it is written and reported" {
	farm <<<"endpoint: unix://$folder/none.sock"
	run -7 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $output$stderr == *"daemon of node ${B}0 does not answer"* ]]
	[[ ! -e $BUILDX_CONFIG/instances/$B ]]
	run -0 docker buildx inspect
	[[ $output == *"Driver:"*docker* ]]
	{
		cat state.yaml
		echo "    bootstrap: false"
	} >lazy.yaml
	run -0 --separate-stderr reconcile --apply --yes --override-hold -f lazy.yaml
	[[ -s $BUILDX_CONFIG/instances/$B ]]
	run -0 --separate-stderr reconcile --check -f lazy.yaml
	[[ $output == *"? node ${B}0 of builder $B"* && $output == *"No changes."* ]]
	run -0 reconcile --status -f lazy.yaml
	[[ $output == *"in sync"*"${B}0 "*"unknown: "* ]]
}

@test "a daemon that is slow, through TCP: nothing is known of it, what needs it is refused, and it stays as it is" {
	local port before after
	port=$(free_port)
	daemon one "unix://$folder/one.sock"
	way "127.0.0.1:$port" "$folder/one.sock"
	farm <<<"endpoint: tcp://127.0.0.1:$port"
	apply
	run -0 build "$B"
	bytes() { find "$folder/one/root" -type f -not -name '*.lock' -not -name '*.db' -exec sha256sum {} + | sort; }
	before="$(<"$BUILDX_CONFIG/instances/$B") $(bytes)"
	echo "slow 3" >mode
	run -0 --separate-stderr reconcile --plan --timeout 1 -f state.yaml
	[[ $output == *"? node ${B}0"*"timed out after 1 s"* && $output == *"No changes."* ]] || fail_with "$output" "$stderr"
	farm <<-Y
		endpoint: tcp://127.0.0.1:$port
		platforms: [linux/amd64]
	Y
	run -8 --separate-stderr reconcile --apply --yes --timeout 1 -f state.yaml
	[[ $stderr == *"Nothing was changed."* ]] || fail_with "$output" "$stderr"
	after="$(<"$BUILDX_CONFIG/instances/$B") $(bytes)"
	unchanged "$before" "$after"
	is_ours "${daemons[0]}"
}

@test "a daemon that died: nothing to apply is no failure; a change that needs it is refused, one that replaces it is not" {
	daemon one "unix://$folder/one.sock"
	daemon two "unix://$folder/two.sock"
	end_ours "${daemons[0]}"
	farm <<<"endpoint: unix://$folder/one.sock"
	docker buildx create --name "$B" --driver remote --use "unix://$folder/one.sock"
	apply
	run -0 --separate-stderr reconcile --check -f state.yaml
	[[ $output == *"? node ${B}0 of builder $B, unix://$folder/one.sock: "* && $output == *"No changes."* ]]
	farm <<-Y
		endpoint: unix://$folder/one.sock
		platforms: [linux/amd64]
	Y
	run -8 --separate-stderr reconcile --check -f state.yaml
	run -8 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $stderr == *"does not answer"* && $(instance '.Nodes[0].Platforms') != *amd64* ]]
	run -0 --separate-stderr reconcile --apply --yes --no-probe -f state.yaml
	[[ $(instance '.Nodes[0].Platforms[0].architecture') == amd64 ]]
	farm <<<"endpoint: unix://$folder/two.sock"
	apply
	settled
	run -0 build "$B"
}

@test "from a container to a remote daemon and back" {
	daemon one "unix://$folder/one.sock"
	state_builder </dev/null
	apply
	farm <<<"endpoint: unix://$folder/one.sock"
	differs "-/+ builder.$B" "forces replacement" "retained for 24h in volume buildx_buildkit_${B}0_state"
	apply --no-retain
	settled
	run -1 container_id "${B}0"
	run -0 docker volume ls -q
	[[ $output != *"buildx_buildkit_${B}0_state"* ]]
	run -0 build "$B"
	state_builder </dev/null
	differs "-/+ builder.$B" "the daemon at unix://$folder/one.sock is left alone"
	apply
	settled
	run -0 build "$B"
	[[ $(docker inspect -f '{{.State.Running}}' "buildx_buildkit_${B}0") == true ]]
	answers --addr "unix://$folder/one.sock"
}

@test "beside a damaged store: the good builders stay, the bad ones are mended, flags that BuildX refuses go" {
	daemon one "unix://$folder/one.sock"
	docker buildx create --name "$B-other" --driver remote "unix://$folder/one.sock"
	docker buildx create --name "$B" --driver remote --use "unix://$folder/one.sock"
	head -c 40 "$BUILDX_CONFIG/instances/$B" >cut
	cp cut "$BUILDX_CONFIG/instances/$B"
	touch "$BUILDX_CONFIG/instances/.DS_Store"
	echo garbage >"$BUILDX_CONFIG/instances/$B-bad"
	jq -c '.Nodes[0].Flags = ["--debug"]' "$BUILDX_CONFIG/instances/$B-other" >flagged
	cp flagged "$BUILDX_CONFIG/instances/$B-other"
	run ! docker buildx ls
	farm <<-Y
		endpoint: unix://$folder/one.sock
	Y
	printf '  %s: {driver: remote, endpoint: "unix://%s/one.sock"}\n' "$B-other" "$folder" >>state.yaml
	differs "! builder.$B" "~ builder.$B-other" "$B-bad" ".DS_Store"
	apply
	settled
	run -0 docker buildx ls
	run -0 build "$B"
	run -0 build "$B-other"
}

@test "a reset makes the file anew and leaves the daemon's cache; a saved plan outlives a daemon's restart" {
	daemon one "unix://$folder/one.sock"
	farm <<<"endpoint: unix://$folder/one.sock"
	apply
	build "$B"
	run -0 --separate-stderr reconcile --reset --yes -f state.yaml "$B"
	[[ $output == *"the daemon at unix://$folder/one.sock is left alone"* ]]
	run -0 build "$B"
	[[ $output == *CACHED* ]]
	farm <<-Y
		endpoint: unix://$folder/one.sock
		platforms: [linux/amd64]
	Y
	reconcile --plan -f state.yaml -o plan.json
	run -0 --separate-stderr reconcile --apply --yes -f state.yaml plan.json
	settled
}
