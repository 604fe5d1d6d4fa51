# shellcheck shell=bash
# Finds and ends what one engine left on the machine, and nothing else.
# Its own programs carry RECONCILE_ENGINE_ID in their environment, or have the id of a container as an argument, as conmon and what it
# ends with; what they run in containers is in control groups named after the containers.

KILL_DEADLINE=300

# Names of the containers (Engine; Podman; a cluster's containerd) and of the builds (BuildKit in the Engine) of one folder.
container_ids() {
    local path name
    for path in "$1"/data/containers/* "$1"/data/overlay-containers/* "$1"/data/buildkit/executor/* "$1"/exec/io.containerd.runtime.v2.task/k8s.io/*; do
        name=${path##*/}
        [[ ! -d $path || ! $name =~ ^[a-z0-9]{25,64}$ ]] || printf '%s\n' "$name"
    done
}

# container_groups ID...: their control groups in every hierarchy, inner ones after outer ones.
container_groups() {
    local id names=()
    for id; do names+=(-o -name "*$id*"); done
    [ $# = 0 ] || find /sys/fs/cgroup -type d \( "${names[@]:1}" \) -print 2>/dev/null | while read -r id; do
        find "$id" -type d 2>/dev/null || true
    done | sort -u
}

# engine_processes ID FOLDER: pids of everything that belongs to the engine.
engine_processes() {
    local groups ids
    mapfile -t ids < <(container_ids "$2")
    mapfile -t groups < <(container_groups "${ids[@]}")
    {
        grep -lzxF -e "RECONCILE_ENGINE_ID=$1" /proc/[0-9]*/environ 2>/dev/null | cut -d / -f 3 || true
        [ "${#ids[@]}" = 0 ] || grep -lzxF "${ids[@]/#/-e}" /proc/[0-9]*/cmdline 2>/dev/null | cut -d / -f 3 || true
        [ "${#groups[@]}" = 0 ] || cat "${groups[@]/%//cgroup.procs}" 2>/dev/null || true
    } | with_descendants
}

# with_descendants: the pids on standard input and every process below them.
with_descendants() {
    { sed 's/^/wanted /' && cat /proc/[0-9]*/stat 2>/dev/null; } | awk '
        $1 == "wanted" { wanted[$2] = 1; next }
        { pid = $1; sub(/^.*\) /, ""); if ($1 != "Z") parent[pid] = $2 }
        END {
            do {
                more = 0
                for (pid in parent) if (!(pid in wanted) && parent[pid] in wanted) more = wanted[pid] = 1
            } while (more)
            for (pid in wanted) if (pid in parent && pid > 1) print pid
        }'
}

kill_round() {
    local pids
    mapfile -t pids < <(engine_processes "$1" "$2")
    [ "${#pids[@]}" != 0 ] || return 0
    kill -KILL "${pids[@]}" 2>/dev/null || true
    return 1
}

# end_engine ID FOLDER: ends every process, unmounts and removes the control groups and the folder.
end_engine() {
    local id=$1 folder=$2 ids groups mount
    wait_until "$KILL_DEADLINE" kill_round "$id" "$folder" || fail "processes of $folder do not end: $(engine_processes "$id" "$folder" | tr '\n' ' ')"
    mapfile -t ids < <(container_ids "$folder")
    mapfile -t groups < <(container_groups "${ids[@]}" | sort -r)
    [ "${#groups[@]}" = 0 ] || wait_until 60 remove_groups "${groups[@]}" || say "control groups stay: ${groups[0]} …"
    # What a cluster's are in. Another's that is empty at this moment is made anew for the next pod there.
    rmdir /sys/fs/cgroup/{,*/}k8s.io 2>/dev/null || true
    # None is expected, as the engine's mounts die with its namespace.
    awk -v folder="$folder/" 'index($5, folder) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r mount; do
        umount -l -- "$mount"
    done
    rm -rf --one-file-system -- "$folder"
}

remove_groups() {
    local group left=0
    for group; do
        [ ! -d "$group" ] || rmdir -- "$group" 2>/dev/null || left=1
    done
    return "$left"
}
