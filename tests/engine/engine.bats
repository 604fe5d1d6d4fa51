#!/usr/bin/env bats
# The test engine itself: what `up` promises, and that `down` leaves nothing behind, whatever died before.

# bats runs each test in a subshell on purpose.
# shellcheck disable=SC2030,SC2031,SC2154

bats_require_minimum_version 1.5.0

setup_file() {
    [ "$(id -u)" = 0 ] || skip "an engine of its own needs root"
    unset RECONCILE_TEST_DOCKER_HOST RECONCILE_ENGINE_DIR
    here=$(cd "$(dirname "$BATS_TEST_FILENAME")" && pwd)
    export here
    "$here/prepare"
}

setup() {
    # shellcheck source=lib.sh
    . "$here/lib.sh"
    dirs=() alive=
    # No other process on the machine sleeps for so long and so odd a time.
    export naps=4$BATS_TEST_NUMBER$$
}

teardown() {
    local dir
    for dir in "${dirs[@]}"; do "$here/down" "$dir"; done
    end_ours -KILL "$alive"
}

start_engine() {
    eval "$("$here/up" --owner "${1:-$$}")"
    dirs+=("$RECONCILE_ENGINE_DIR")
}

is_engine() { grep -qF "$RECONCILE_ENGINE_DIR/" "/proc/$RECONCILE_ENGINE_PID/cmdline"; }

asleep() { [ "$(pgrep -cf "sleep $naps")" -ge "$1" ]; }

# A container, a build in a node and a build in the Engine, all running.
make_busy() {
    local builder context=$BATS_TEST_TMPDIR/context
    mkdir -p "$context"
    cp "$RECONCILE_BUSYBOX" "$context/busybox"
    printf 'FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "sleep", "%s"]\n' "$naps" >"$context/Dockerfile"
    docker buildx create --name busy --driver docker-container --bootstrap >/dev/null 2>&1
    for builder in busy default; do
        timeout 1200 docker buildx build --builder "$builder" "$context" >/dev/null 2>&1 3>&- &
    done
    docker run -d --restart always --entrypoint /bin/sleep "$RECONCILE_BUILDKIT_IMAGE" "$naps" >/dev/null
    wait_until 300 asleep 3
}

# grep -c fails at 0.
# shellcheck disable=SC2126
cgroups_of() { find /sys/fs/cgroup -type d | grep -E "$(IFS='|'; echo "$*")" | wc -l; }

note_containers() {
    mapfile -t ids < <(docker ps -aq --no-trunc)
    [ "${#ids[@]}" = 2 ]
    [ "$(cgroups_of "${ids[@]}")" -gt 0 ]
}

# nothing_left FOLDER CONTAINER...
nothing_left() {
    local dir=$1
    shift
    run ! asleep 1
    [ ! -e "$dir" ]
    [ "$(ps -eo args | awk -v dir="$dir/" '!/awk/ && index($0, dir)' | wc -l)" = 0 ]
    run ! grep -F "$dir" /proc/self/mountinfo
    [ "$(cgroups_of "$@")" = 0 ]
    run ! grep -rxF "$dir" "$RECORDS"
}

@test "up: the engine answers, and both images are there under different ids" {
    start_engine
    docker version -f '{{.Server.Version}}'
    "$RECONCILE_BUILDX_OLD" version | grep -F " 0.13."
    docker buildx version | grep -F " $BUILDX_NEW_VERSION"
    "$RECONCILE_BUILDKIT_BIN/buildkitd" --version | grep -F "$BUILDKIT_VERSION"
    one=$(docker image inspect -f '{{.Id}}' "$RECONCILE_BUILDKIT_IMAGE")
    other=$(docker image inspect -f '{{.Id}}' "$RECONCILE_BUILDKIT_IMAGE_OTHER")
    [ -n "$one" ] && [ -n "$other" ] && [ "$one" != "$other" ]
}

@test "up --with: gets what is asked for and nothing else; its plugin is the newest BuildX there is" {
    local entry
    mkdir "$BATS_TEST_TMPDIR/cache"
    for entry in "$ENGINE_ENTRY" "$BUILDX_OLD_ENTRY" "$BUILDKIT_ENTRY" "$BUSYBOX_ENTRY"; do
        [ ! -d "$entry" ] || ln -s "$entry" "$BATS_TEST_TMPDIR/cache/"
    done
    eval "$(RECONCILE_CACHE=$BATS_TEST_TMPDIR/cache "$here/up" --owner $$ --with engine,buildx-old,buildkit,busybox,image)"
    docker buildx version | grep -F " ${BUILDX_OLD_VERSION#v}"
    docker image inspect "$RECONCILE_BUILDKIT_IMAGE" >/dev/null
    [ -z "${RECONCILE_BUILDX_NEW:-}" ] && [ -z "${RECONCILE_BUILDKIT_OLD_BIN:-}" ]
    RECONCILE_CACHE=$BATS_TEST_TMPDIR/cache "$here/down"
    [ ! -e "$BATS_TEST_TMPDIR/cache/${BUILDX_NEW_ENTRY##*/}" ]
    [ ! -e "$BATS_TEST_TMPDIR/cache/${BUILDKIT_OLD_ENTRY##*/}" ]
    [ -d "$BATS_TEST_TMPDIR/cache/${IMAGE_ENTRY##*/}" ]
    run "$here/prepare" --explain everything
    [ "$status" = 1 ]
}

@test "up --kind: a kind that is none is told with those that are, and nothing is started" {
    run --separate-stderr "$here/up" --owner $$ --kind docker-0
    [ "$status" = 1 ]
    [ "$output" = "unset RECONCILE_ENGINE_DIR; false" ]
    # shellcheck source=kinds.sh
    . "$here/kinds.sh"
    kinds | cut -d '|' -f 1 | while read -r kind; do [[ $stderr == *" $kind"* ]]; done
    run --separate-stderr env RECONCILE_TEST_DOCKER_HOST=unix:///nowhere "$here/up" --kind docker-26
    [ "$status" = 1 ]
    [[ $stderr == *"an engine was lent"* ]]
}

@test "prepare --kind: names what each kind is made of, all of it in its table" {
    # shellcheck source=kinds.sh
    . "$here/kinds.sh"
    kinds | cut -d '|' -f 1 | while read -r kind; do
        kind_row "$kind"
        [ -x "$here/$kind_starter" ]
        grep -q "^way_$kind_way()" "$here/ways.sh"
        for name in "${kind_entries[@]}"; do
            [[ $name == runc ]] || "$here/prepare" --explain --kind "$kind" busybox | grep -F "cache entry $(basename "$(entry_of "$name")"): "
        done
    done
}

@test "up: either BuildX boots a node, builds on it, and finds the second build cached" {
    start_engine
    context=$BATS_TEST_TMPDIR/context
    mkdir "$context"
    cp "$RECONCILE_BUSYBOX" "$context/busybox"
    printf 'FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "sh", "-c", "echo hello > /made"]\n' >"$context/Dockerfile"
    for buildx in "$RECONCILE_BUILDX_OLD" "$RECONCILE_BUILDX_NEW"; do
        DOCKER_CONFIG=$BATS_TEST_TMPDIR/config
        rm -rf "$DOCKER_CONFIG"
        "$buildx" create --name t --driver docker-container --bootstrap
        "$buildx" ls | grep -E "t0 .*running .*$BUILDKIT_VERSION"
        "$buildx" build --builder t --progress plain --load -t made "$context"
        "$buildx" build --builder t --progress plain "$context" 2>&1 | grep -c CACHED | grep -qx 2
        docker run --rm made /busybox grep -qx hello /made
        "$buildx" rm t
    done
}

@test "up: containers are on a bridge of their own, and the machine's network is left alone" {
    before=$(ip -o link; iptables -S 2>/dev/null)
    start_engine
    docker run --rm --entrypoint /bin/sh "$RECONCILE_BUILDKIT_IMAGE" -c "ip -o -4 address | grep -F ' eth0 '"
    [ "$(ip -o link; iptables -S 2>/dev/null)" = "$before" ]
}

@test "up: a folder whose engine runs is not started twice" {
    start_engine
    run --separate-stderr "$here/up" "$RECONCILE_ENGINE_DIR"
    [ "$status" = 0 ]
    [[ $output == *"RECONCILE_ENGINE_PID=$RECONCILE_ENGINE_PID"* ]]
    kill -0 "$RECONCILE_ENGINE_PID"
}

@test "up: replacing the plugin in DOCKER_CONFIG does not reach the cache" {
    start_engine
    cp "$RECONCILE_BUILDX_OLD" "$DOCKER_CONFIG/cli-plugins/docker-buildx"
    "$RECONCILE_BUILDX_NEW" version | grep -F " $BUILDX_NEW_VERSION"
}

@test "down: ends builds, nodes and containers, and may be run again" {
    start_engine
    make_busy
    note_containers
    "$here/down"
    nothing_left "$RECONCILE_ENGINE_DIR" "${ids[@]}"
    "$here/down"
}

@test "down: cleans up after dockerd was killed" {
    start_engine
    make_busy
    note_containers
    is_engine
    kill -KILL "$RECONCILE_ENGINE_PID" # kill: as was just seen
    "$here/down"
    nothing_left "$RECONCILE_ENGINE_DIR" "${ids[@]}"
}

@test "down: cleans up after dockerd, containerd and every shim were killed" {
    start_engine
    make_busy
    note_containers
    mapfile -t programs < <(ps -eo pid,args | awk -v dir="$RECONCILE_ENGINE_DIR/" 'index($0, dir) && /containerd/ && !/awk/ { print $1 }')
    is_engine
    kill -KILL "$RECONCILE_ENGINE_PID" "${programs[@]}" # kill: as was just seen
    asleep 1 # the container's; the builds are cut off with their connections, sooner or later
    "$here/down"
    nothing_left "$RECONCILE_ENGINE_DIR" "${ids[@]}"
}

@test "down: ends one engine and not the one beside it" {
    start_engine
    first=$RECONCILE_ENGINE_DIR
    start_engine
    make_busy
    "$here/down" "$first"
    asleep 3
    docker version >/dev/null
    [ ! -e "$first" ]
}

@test "down: refuses a folder that no engine was started in" {
    run "$here/down" "$BATS_TEST_TMPDIR"
    [ "$status" = 1 ]
    [ -d "$BATS_TEST_TMPDIR" ]
}

@test "next up: cleans up for an owner who is dead, and not for one who lives" {
    sleep 9999 3>&- &
    dead=$!
    sleep 9999 3>&- &
    alive=$!
    start_engine "$dead"
    gone=$RECONCILE_ENGINE_DIR
    make_busy
    note_containers
    start_engine "$alive"
    kept=$RECONCILE_ENGINE_DIR
    [ -d "$gone" ]
    end_ours -KILL "$dead"
    start_engine
    nothing_left "$gone" "${ids[@]}"
    DOCKER_HOST=unix://$kept/docker.sock docker version >/dev/null
}

@test "next up: an owner of whom nothing can be known now is not dead" {
    # shellcheck source=records.sh
    . "$here/records.sh"
    RECORDS=$BATS_TEST_TMPDIR
    record_write alive "$BATS_TEST_TMPDIR" "$$"
    run record_stale alive
    [ "$status" = 1 ]
    sed 3s/.*/1/ "$RECORDS/alive" >"$RECORDS/reused"
    record_stale reused
    cat() { return 1; } # as where the machine has no process left for it
    run record_stale reused
    [ "$status" = 1 ]
    unset -f cat
    sed 's/^pid:.*/pid:[1]/' "$RECORDS/reused" >"$RECORDS/elsewhere"
    run record_stale elsewhere
    [ "$status" = 1 ]
    sed 4s/.*/another/ "$RECORDS/alive" >"$RECORDS/before"
    record_stale before
    : >"$RECORDS/half"
    run record_stale half
    [ "$status" = 1 ]
}

@test "up: where it fails, what it prints fails, and leads to no other engine" {
    RECONCILE_ENGINE_DIR=$BATS_TEST_TMPDIR/another
    run eval "$("$here/up" --kind docker-0)"
    [ "$status" = 1 ]
    eval "$("$here/up" --kind docker-0)" || true
    [ -z "${RECONCILE_ENGINE_DIR:-}" ]
}

@test "owner: a script that evals up owns the engine, not the shell's copy that up ran in" {
    # shellcheck disable=SC2016
    printf 'eval "$(%q/up)"\necho "$$ $RECONCILE_ENGINE_DIR"\n' "$here" >"$BATS_TEST_TMPDIR/script"
    read -r pid dir < <(bash "$BATS_TEST_TMPDIR/script" 2>/dev/null)
    dirs+=("$dir")
    record=$(grep -lxF "$dir" "$RECORDS"/*)
    [ "$(sed -n 2p "$record")" = "$pid" ]
}

@test "up: killed half-way, leaves what down can clean" {
    dir=$BATS_TEST_TMPDIR/e
    dirs+=("$dir")
    "$here/up" "$dir" >/dev/null 2>&1 3>&- &
    up=$!
    wait_until 300 test -s "$dir/engine.pid"
    signal_ours -KILL "$up"
    "$here/down" "$dir"
    nothing_left "$dir" none
}

@test "a lent engine is used as it is and left alone" {
    start_engine
    lent=$DOCKER_HOST
    docker run -d --name mine --entrypoint /bin/sleep "$RECONCILE_BUILDKIT_IMAGE" "$naps" >/dev/null
    before=$(docker image inspect -f '{{.Id}}' "$RECONCILE_BUILDKIT_IMAGE")
    docker rmi "$RECONCILE_BUILDKIT_IMAGE_OTHER"
    export RECONCILE_TEST_DOCKER_HOST=$lent
    start_engine
    [ "$DOCKER_HOST" = "$lent" ]
    [ "$(docker image inspect -f '{{.Id}}' "$RECONCILE_BUILDKIT_IMAGE")" = "$before" ]
    [ "$(docker image inspect -f '{{.Id}}' "$RECONCILE_BUILDKIT_IMAGE_OTHER")" != "$before" ]
    docker buildx create --name t --driver docker-container --bootstrap
    docker buildx rm t
    "$here/down"
    [ "$(docker ps -q --filter name=mine | wc -l)" = 1 ]
}

@test "RECONCILE_ENGINE_NET=host: nodes still boot, and the machine's network is left alone" {
    before=$(ip -o link; iptables -S 2>/dev/null)
    export RECONCILE_ENGINE_NET=host
    start_engine
    docker buildx create --name t --driver docker-container --bootstrap
    docker buildx ls | grep -E 't0 .*running'
    [ "$(ip -o link; iptables -S 2>/dev/null)" = "$before" ]
}

@test "without root and without an engine: one message and 77" {
    run --separate-stderr env RECONCILE_CACHE="$BATS_TEST_TMPDIR/cache" setpriv --reuid 65534 --regid 65534 --clear-groups "$here/up"
    [ "$status" = 77 ]
    [ "$output" = "unset RECONCILE_ENGINE_DIR; false" ]
    [ "${#stderr_lines[@]}" = 1 ]
}

@test "prepare: an entry that was interrupted is not there, and the next run makes it whole" {
    whole() { echo whole >"$1/file"; }
    # shellcheck disable=SC2016
    run bash -euo pipefail -c '. "$1/lib.sh"; half() { echo half >"$1/file"; kill -KILL $$; }; cache_entry "$2/entry" half' - "$here" "$BATS_TEST_TMPDIR"
    [ "$status" = 137 ]
    [ "$(find "$BATS_TEST_TMPDIR" -name 'entry*' | wc -l)" = 1 ]
    [ ! -e "$BATS_TEST_TMPDIR/entry" ]
    cache_entry "$BATS_TEST_TMPDIR/entry" whole
    [ "$(cat "$BATS_TEST_TMPDIR/entry/file")" = whole ]
    [ "$(find "$BATS_TEST_TMPDIR" -name 'entry*' | wc -l)" = 1 ]
}
