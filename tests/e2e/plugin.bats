#!/usr/bin/env bats
# reconcile as docker's own plugin, through the real docker command line: found, run, told where to look, ended.
load lib
setup() {
	common_setup
	ln -s "$reconcile" "$DOCKER_CONFIG/cli-plugins/docker-reconcile"
	engine_url=$DOCKER_HOST
}
teardown() {
	export DOCKER_HOST=$engine_url
	common_teardown
}
engine_seen() { # the snapshot on stdout knows an Engine that answers
	jq -e '[.engines[]? | select(.reachable)] | length > 0' <<<"$output" >/dev/null
}

@test "docker finds it, and says what it is" {
	run -0 docker --help
	[[ $output == *"reconcile*"*"Keep Docker BuildX builders as a YAML file says"* ]] || fail_with "$output"
	run -0 docker info --format '{{range .ClientInfo.Plugins}}{{.Name}} {{.Vendor}} {{.Version}} {{.Err}}{{"\n"}}{{end}}'
	grep -qE '^reconcile reconcile [0-9.]+ <nil>$' <<<"$output" || fail_with "$output"
	run -0 docker help reconcile
	[[ $output == *"Usage: docker reconcile MODE"* ]] || fail_with "$output"
	run -0 docker reconcile plan --help
	[[ $output == *"docker reconcile --plan -f states/"* ]] || fail_with "$output"
}

@test "a builder is planned, made and taken back by docker reconcile alone, with its exit codes" {
	state_builder </dev/null
	run -0 --separate-stderr docker reconcile plan -f state.yaml
	[[ $output == *"+ builder.$B"* ]] || fail_with "$output"
	run -2 docker reconcile --check -f state.yaml
	run -0 docker reconcile apply --yes -f state.yaml
	docker inspect "buildx_buildkit_${B}0" >/dev/null # by the BuildX that reconcile ran, docker's variables or not
	run -0 docker reconcile check -f state.yaml
	[[ $output == *"No changes."* ]] || fail_with "$output"
	run -0 docker reconcile rollback --yes
	run ! docker inspect "buildx_buildkit_${B}0"
	run -64 docker reconcile aply
	[[ $output == *"did you mean apply?"*"see docker reconcile --help"* ]] || fail_with "$output"
	run -65 docker reconcile validate -f nothing.yaml
	[[ $(docker reconcile --version) == "$(reconcile --version)" ]]
}

@test "what docker's options say is what reconcile does" {
	docker context create far --docker "host=$engine_url" >/dev/null
	mkdir other
	export DOCKER_HOST=unix:///nowhere
	run -0 --separate-stderr docker reconcile snapshot
	! engine_seen || fail_with "$output"
	for options in "--context far" "-c far" "--context=far" "-D --host $engine_url" "-H$engine_url"; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr docker $options reconcile snapshot
		engine_seen || fail_with "$options: $output" "$stderr"
	done
	DOCKER_CONTEXT=nothing run -0 --separate-stderr docker -H "$engine_url" reconcile snapshot
	engine_seen || fail_with "$output"
	mkdir -p other/cli-plugins && ln -s "$reconcile" other/cli-plugins/docker-reconcile
	run -0 --separate-stderr docker --config "$PWD/other" reconcile snapshot
	[[ $output == *"\"$PWD/other"* ]] || fail_with "$output"
	run -64 docker --tlscacert ca.pem reconcile snapshot
	[[ $output == *"docker --tlscacert: "*"DOCKER_CERT_PATH"* ]] || fail_with "$output"
	run -0 --separate-stderr docker --tlsverify=false -H "$engine_url" reconcile --version
}

@test "docker completes it" {
	mkdir -p "$BUILDX_CONFIG/instances" && echo '{}' >"$BUILDX_CONFIG/instances/lives"
	run -0 --separate-stderr docker __complete reconcile plan --adopt ''
	[[ $output == $'lives\n:36'* ]] || fail_with "$output"
	run -0 --separate-stderr docker __complete reconcile hist
	[[ $output == $'history\tlist the records, newest first\n:36'* ]] || fail_with "$output"
	run -0 --separate-stderr docker __complete reconcile plan --file ''
	[[ $output == $'yaml\nyml\n:8'* ]] || fail_with "$output"
}

@test "whoever ends docker ends it, without a terminal as well" {
	socat "UNIX-LISTEN:$PWD/silent.sock,fork" 'EXEC:sleep 1000' 3>&- 2>/dev/null &
	local silent=$!
	helpers+=("$silent")
	wait_until 300 test -S silent.sock
	DOCKER_HOST=unix://$PWD/silent.sock docker reconcile doctor --timeout 3600 </dev/null >said 2>&1 3>&- &
	local docker=$!
	helpers+=("$docker")
	child() { pid=$(pgrep -P "$docker" -f ' reconcile doctor '); } # and not the one that docker asks what it is
	wait_until 300 child
	asks() { # it is reconcile by now, with docker's socket and one that the Engine has taken
		[[ $(readlink "/proc/$pid/exe") == */reconcile && $(readlink "/proc/$pid/fd/"* 2>/dev/null | grep -c socket) -ge 2 ]] &&
			pgrep -P "$silent" >/dev/null
	}
	wait_until 300 asks
	signal_ours -TERM "$docker"
	ended() { [[ $(readlink "/proc/$pid/exe") != */reconcile ]]; }
	wait_until 300 ended || fail_with "it goes on" "$(<said)"
	local code=0
	wait "$docker" || code=$?
	[[ $code -eq 143 ]] || fail_with "docker ended with $code" "$(<said)"
}
