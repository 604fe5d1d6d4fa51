# shellcheck shell=bash
# How tests reach an engine that `up` started: each way sets `host`, their DOCKER_HOST, and adds to `way_environment` the
# shell lines that it takes besides. What a way starts has RECONCILE_ENGINE_ID in its environment, and so ends with the engine.
# Sourced by `up`.
# shellcheck disable=SC2034,SC2154

way_socket() { host=unix://$socket; }

# In the background, as part of the engine; what it says is in LOG.
beside() { # LOG COMMAND…
    local log=$1
    shift
    RECONCILE_ENGINE_ID=$id setsid "$@" </dev/null >"$folder/$log" 2>&1 &
    disown
}

# forward TARGET: sets `port`, of this machine's 127.0.0.1, behind which TARGET of the engine's own network is.
forward() {
    beside relay.log python3 "$here/../relay.py" "$folder/port" "$1" "$(cat "$folder/engine.pid")"
    wait_until "$START_DEADLINE" test -s "$folder/port" || fail "no way to $1: $(cat "$folder/relay.log")"
    port=$(cat "$folder/port")
}

way_tcp() {
    forward 127.0.0.1:2375
    host=tcp://127.0.0.1:$port
}

way_ssh() {
    [ -x /usr/sbin/sshd ] || skip "no sshd here: install openssh-server"
    port=$(free_port)
    sshd_make "$folder/ssh" "$port" "env PATH=$client:$PATH DOCKER_HOST=unix://$socket DOCKER_CONFIG=$folder/config RECONCILE_ENGINE_ID=$id sh -c \"\$SSH_ORIGINAL_COMMAND\""
    beside sshd.log /usr/sbin/sshd -D -f "$folder/ssh/sshd_config"
    wait_until "$START_DEADLINE" connects "$port" || fail "sshd did not start: $(cat "$folder/sshd.log")"
    host=ssh://root@127.0.0.1:$port
    # shellcheck disable=SC2016
    way_environment+=("$(printf 'export PATH=%q:"$PATH"' "$folder/ssh/bin")")
}
connects() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# An Engine in a container of the one that was started, as docker:dind has it; from here on it is the engine. Its programs
# and their libraries are the machine's, mounted.
way_dind() {
    local certificates=$folder/certificates inner=$folder/dind mounts=() options=() name
    command -v openssl >/dev/null || skip "no openssl here to make certificates with"
    mkdir -p "$certificates" "$inner/root"
    authority "$certificates/a"
    for name in usr lib lib32 lib64 bin sbin etc/alternatives; do
        [ -d "/$name" ] || continue
        if [ -L "/$name" ]; then cp -P "/$name" "$inner/root/"; else mounts+=(-v "/$name:/$name:ro"); fi
    done
    mkdir -p "$inner"/root/{etc,run,tmp,var,root}
    printf 'root:x:0:\n' >"$inner/root/etc/group"
    printf 'root:x:0:0:root:/root:/bin/sh\n' >"$inner/root/etc/passwd"
    tar -C "$inner/root" -c . | docker_stdin import - dind:1 >/dev/null
    options=(--host "unix://$inner/docker.sock" --host tcp://0.0.0.0:2376 --group root --exec-opt native.cgroupdriver=cgroupfs --ip6tables=false
        --tlsverify --tlscacert "$certificates/a.pem" --tlscert "$certificates/a-server.pem" --tlskey "$certificates/a-server-key.pem")
    # A pull in there fails at once, as it does outside.
    docker_ run -d --name dind --privileged "${mounts[@]}" -v "$ENGINE_ENTRY:$ENGINE_ENTRY:ro" -v "$certificates:$certificates:ro" \
        -v "$inner:$inner" -v /var/lib/docker --dns 127.0.0.1 -e "PATH=$(kind_path)$PATH" dind:1 sh -c "$DIND_ENTRY" - dockerd "${options[@]}" >/dev/null
    forward "$(docker_ inspect -f '{{.NetworkSettings.IPAddress}}' dind):2376"
    socket=$inner/docker.sock
    wait_until "$START_DEADLINE" answers || {
        socket=$folder/docker.sock
        docker_ logs --tail 20 dind >&2
        fail "the Engine in the container did not start"
    }
    for name in "ca a" "cert a-client" "key a-client-key"; do
        cp "$certificates/${name#* }.pem" "$certificates/${name% *}.pem"
    done
    host=tcp://127.0.0.1:$port
    way_environment+=("export DOCKER_TLS_VERIFY=1" "$(printf 'export DOCKER_CERT_PATH=%q' "$certificates")")
}
# As docker:dind begins: with control groups of version 2, what has processes cannot give its controllers to others.
# shellcheck disable=SC2016
DIND_ENTRY='if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    mkdir -p /sys/fs/cgroup/init
    xargs -rn1 </sys/fs/cgroup/cgroup.procs >/sys/fs/cgroup/init/cgroup.procs || :
    sed -e "s/ / +/g" -e "s/^/+/" </sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control
fi
exec "$@"'
