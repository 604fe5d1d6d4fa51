# What the end-to-end tests share: a store, a Docker configuration and a history of their own for every test, on the
# engine that tests/engine/up gave, and nothing left behind on it.
# shellcheck shell=bash

bats_require_minimum_version 1.5.0
# shellcheck source=../wait.sh
. "${BASH_SOURCE[0]%/*}/../wait.sh"
# shellcheck source=../sshd.sh
. "${BASH_SOURCE[0]%/*}/../sshd.sh"

common_setup() {
	[[ -n ${RECONCILE_ENGINE_SOCK:-} ]] || skip "no engine: run through tests/run, or eval \"\$(tests/engine/up)\""
	prepare_test
}
# A name for this test's builders that no other test, and nobody's real builder, has.
prepare_test() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	reconcile=$root/${RECONCILE_BINARY:-build/reconcile}
	B=rt$BATS_TEST_NUMBER-$$x # ends in a letter: none is the beginning of another's
	cd "$BATS_TEST_TMPDIR" || return
	plugin_from=$RECONCILE_BUILDX_NEW
	[[ ${RECONCILE_BUILDX:-new} == new ]] || plugin_from=$RECONCILE_BUILDX_OLD
	export DOCKER_CONFIG=$BATS_TEST_TMPDIR/docker BUILDX_CONFIG=$BATS_TEST_TMPDIR/store
	export RECONCILE_HISTORY=$BATS_TEST_TMPDIR/history.git
	export NO_COLOR=1 COLUMNS=0 LC_ALL=C.UTF-8 # lines are whole, so that they can be looked for
	mkdir -p "$DOCKER_CONFIG/cli-plugins" "$BUILDX_CONFIG"
	ln -s "$plugin_from" "$DOCKER_CONFIG/cli-plugins/docker-buildx"
	unset BUILDX_BUILDER
	helpers=() # the pids of what a test started beside itself; they end with it
	image_a=moby/buildkit:buildx-stable-1
	image_b=$RECONCILE_BUILDKIT_IMAGE_OTHER
}

# Only what bears this test's name goes, and what it started.
common_teardown() {
	[[ -n ${B:-} ]] || return 0
	keep_artifacts
	local id name
	end_ours "${build_pid:-}"
	end_ours "${helpers[@]}"
	while read -r id name; do
		[[ $name == buildx_buildkit_"$B"* ]] && docker rm -fv "$id" >/dev/null 2>&1
	done < <(docker ps -a --format '{{.ID}} {{.Names}}' 2>/dev/null)
	while read -r name; do
		[[ $name == buildx_buildkit_"$B"* ]] && docker volume rm -f "$name" >/dev/null 2>&1
	done < <(docker volume ls -q 2>/dev/null)
	return 0
}

state() { cat >state.yaml; }

# A builder of this test's name, with the lines given on stdin added to it (indented by four).
state_builder() {
	{
		printf 'version: 1\nselected: %s\nbuilders:\n  %s:\n    driver: docker-container\n' "$B" "$B"
		sed 's/^/    /'
	} >state.yaml
}

# What was printed is kept for the audit (tests/e2e/audit) when one follows.
reconcile() {
	[[ -n ${RECONCILE_ARTIFACTS:-} ]] || { "$reconcile" "$@"; return; }
	local kept=$RECONCILE_ARTIFACTS/$B printed code=0
	mkdir -p "$kept"
	printed=$(mktemp "$kept/printed-XXXXXX")
	"$reconcile" "$@" >"$printed" 2>"$printed.err" || code=$?
	cat "$printed"
	cat "$printed.err" >&2
	return "$code"
}
# The saved plans and snapshots, and the history but its private refs: what leaves the machine.
keep_artifacts() {
	[[ -n ${RECONCILE_ARTIFACTS:-} ]] || return 0
	local kept=$RECONCILE_ARTIFACTS/$B
	mkdir -p "$kept"
	find "$BATS_TEST_TMPDIR" -maxdepth 1 -name '*.json' -type f -exec cp {} "$kept" \;
	[[ ! -d $RECONCILE_HISTORY ]] || git --git-dir="$RECONCILE_HISTORY" log -p --exclude='refs/reconcile/private/*' --all >"$kept/history.log" 2>/dev/null
	[[ ! -d $RECONCILE_HISTORY ]] || find "$RECONCILE_HISTORY" -maxdepth 1 -type f -exec cp {} "$kept" \;
}
# The secrets that secrets.bats plants, one word each: of an environment, of a state file, of a URL, of TLS, of a login.
planted() { printf '%s\n' planted-Env-7qXw planted-File-9vKd planted-Url-3mRt planted-Tls-5hZc planted-Auth-8pLs planted-Key-4nBg; }
apply() {
	run --separate-stderr reconcile --apply --yes -f state.yaml "$@"
	[[ $status -eq 0 ]] || fail_with "exit $status" "$output" "$stderr"
}
settled() { # nothing is left to do, and says so
	run -0 --separate-stderr reconcile --check -f state.yaml
	[[ $output == *"No changes."* ]] || fail_with "$output"
}
differs() { # something is to be done, and the plan says this
	run -2 --separate-stderr reconcile --check -f state.yaml
	local want
	for want in "$@"; do
		[[ $output == *"$want"* ]] || fail_with "no \"$want\" in: $output"
	done
}
fail_with() {
	printf '%s\n' "$@" >&2
	return 1
}

# A context whose RUN step leaves a trace in the cache; it needs no registry.
build_context() {
	mkdir -p context
	cp "$RECONCILE_BUSYBOX" context/busybox
	cat >context/Dockerfile <<-'D'
		FROM scratch
		COPY busybox /busybox
		RUN ["/busybox", "touch", "/made"]
	D
}
build() { # [builder]: a real build; prints BuildKit's plain progress
	build_context
	docker buildx build ${1:+--builder "$1"} --progress plain --output type=cacheonly context 2>&1
}
# A build that goes on until end_build, under way when this returns; build_pid, its output in build.log.
slow_build() {
	build_naps=7$((RANDOM * 32768 + RANDOM)) # what it sleeps for, which no other process does
	mkdir -p slow
	cp "$RECONCILE_BUSYBOX" slow/busybox
	cat >slow/Dockerfile <<-D
		FROM scratch
		COPY busybox /busybox
		RUN ["/busybox", "sh", "-c", "/busybox sleep $build_naps; true"]
	D
	docker buildx build --builder "$B" --progress plain --no-cache --output type=cacheonly slow >build.log 2>&1 3>&- &
	build_pid=$!
	wait_beside "$build_pid" 300 grep -q 'RUN \[' build.log || fail_with "the build did not begin: $(<build.log)"
}
# A file of a container. Copied: of a process that ends at once, `docker exec` and `docker run` may lose what it printed.
inside() { docker cp "$1:$2" - | tar -xO; }
printed_in() { # container, command…: what that prints in there, by way of such a file
	docker exec "$1" sh -c '"$@" >/tmp/printed' - "${@:2}" && inside "$1" /tmp/printed
}
# Two listings with files of a daemon are the same, but for what it adds by itself, seconds after a build: the build's trace.
unchanged() { # before after
	local differs
	differs=$(diff <(sort <<<"$1") <(sort <<<"$2") | grep '^[<>]' | grep -v '^> .*/content/blobs/sha256/') || return 0
	fail_with "otherwise than before:" "$differs"
}
# By the pid that it has in its node, where no other can have come by that.
daemon_signal() { # SIGNAL
	docker exec "buildx_buildkit_${B}0" sh -c "kill -$1 \$(pidof buildkitd)"
}
end_build() { # in the node, which may be on another machine; it has no pkill
	# shellcheck disable=SC2016  # for the shell in there
	docker exec "buildx_buildkit_${B}0" sh -c \
		'for p in /proc/[0-9]*; do case $(tr "\0" " " <"$p/cmdline") in "/busybox sleep $1 ") kill "${p#/proc/}" && ended=1 ;; esac; done 2>/dev/null; test -n "$ended"' - "$build_naps"
}
# Applies, and ends the build when that says that it waits for it.
apply_and_end_build() {
	: >waiting.log
	{ wait_until 300 grep -q "waiting for 1 build" waiting.log && end_build; } >end.log 2>&1 3>&- &
	local ender=$!
	helpers+=("$ender")
	waiting() {
		local code=0
		"$reconcile" "$@" 2>waiting.log || code=$?
		cat waiting.log >&2
		return "$code"
	}
	run --separate-stderr waiting --apply --yes -f state.yaml
	[[ $status -eq 0 ]] || fail_with "the apply ended with $status" "$output" "$stderr"
	grep -q "waiting for 1 build" waiting.log || end_ours "$ender" # which it will never read
	wait "$ender" || fail_with "the build could not be ended: $(<end.log)" "$stderr"
}
build_ends_well() {
	wait "$build_pid" || fail_with "the build ended with $?: $(<build.log)"
	build_pid=
	grep -q 'RUN \[.*' build.log
}
container_id() { docker inspect -f '{{.Id}}' "buildx_buildkit_$1" 2>/dev/null; }

listening() { # port
	wait_until 300 connects "$1"
}
connects() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The way to LISTEN is the one to that Engine or daemon, and is from now on what the file `mode` says (tests/fault/way.py).
way() { # LISTEN [SOCKET]
	echo plain >mode
	timeout 3600 "$root/tests/fault/way.py" "${2:-$RECONCILE_ENGINE_SOCK}" "$1" mode >way.log 2>&1 3>&- &
	helpers+=($!)
	wait_beside $! 300 grep -q ready way.log || fail_with "$(<way.log)"
}

# An sshd of this test's own, whose sessions have this environment, and an ssh that knows it; $ssh_port.
ssh_server() { # NAME=VALUE words
	command -v /usr/sbin/sshd >/dev/null || skip "no sshd here"
	ssh_port=$(free_port)
	sshd_make "$PWD/ssh" "$ssh_port" "env $1 sh -c \"\$SSH_ORIGINAL_COMMAND\""
	timeout 3600 /usr/sbin/sshd -D -f "$PWD/ssh/sshd_config" 3>&- 2>ssh/log &
	helpers+=($!)
	listening "$ssh_port"
	export PATH=$PWD/ssh/bin:$PATH
}
