# shellcheck shell=bash
# Notes in the cache about the engines that were started, so that `down` and the next `up` know what is theirs.
# A record is a file named by the engine's id: folder, owner's pid, owner's start time, boot id, pid namespace, one a line.

record_write() {
    local id=$1 folder=$2 owner=$3 start=none
    [ "$owner" = none ] || start=$(process_start "$owner") || fail "no process $owner to own the engine"
    mkdir -p "$RECORDS"
    printf '%s\n' "$folder" "$owner" "$start" "$(boot_id)" "$(processes_seen)" >"$RECORDS/.$id"
    mv -- "$RECORDS/.$id" "$RECORDS/$id"
}

FOLDER_MAX=60   # the sockets below it must fit in the 108 bytes of a socket's address

# take_folder: makes `folder`, where it is empty a new one below $TMPDIR, and notes it with `owner`; sets folder and id.
take_folder() {
    if [ -z "$folder" ]; then
        folder=$(mktemp -d "${TMPDIR:-/tmp}/rc-XXXXXX")
    else
        folder=$(realpath -ms -- "$folder")
        mkdir -p -- "$folder"
        [ -z "$(ls -A -- "$folder")" ] || fail "$folder is not empty"
    fi
    [ "${#folder}" -le "$FOLDER_MAX" ] || fail "$folder is longer than $FOLDER_MAX bytes: sockets in it could not be reached; set TMPDIR or name a shorter one"
    id=$(cat /proc/sys/kernel/random/uuid)
    # The record comes first: whatever happens next can then be cleaned up.
    record_write "$id" "$folder" "$owner"
    printf '%s\n' "$id" >"$folder/engine.id"
}

# ended_early VARIABLE STARTED: for the EXIT of what prints lines for `eval`. Where it did not start, the folder goes, and what is printed
# fails: a shell that goes on must not take another engine, which it was in before, for this one, and take that one down.
ended_early() {
    [ -z "$2" ] || return 0
    echo "unset $1; false"
    [ -z "$id" ] || "$(dirname "${BASH_SOURCE[0]}")/down" "$folder"
}

# record_of FOLDER: prints the id of the engine that was started there.
record_of() {
    local record folder
    for record in "$RECORDS"/*; do
        [ -f "$record" ] || continue
        read -r folder <"$record" || continue
        [ "$folder" != "$1" ] || { printf '%s\n' "${record##*/}"; return 0; }
    done
    return 1
}

# record_stale ID: its owner is known to be gone, or the machine to have been started anew. What cannot be read now (no
# process for `cat` on a full machine) says neither, and among other processes (a namespace) an owner is not looked for.
record_stale() {
    local folder='' owner='' start='' boot='' seen='' now
    { read -r folder && read -r owner && read -r start && read -r boot; read -r seen; } <"$RECORDS/$1" 2>/dev/null || true
    [ -n "$folder" ] && [ -n "$boot" ] || return 1
    now=$(boot_id) || return 1
    [ "$boot" = "$now" ] || return 0
    [ "$owner" != none ] && [ "${seen:-$(processes_seen)}" = "$(processes_seen)" ] || return 1
    if now=$(process_start "$owner"); then [ "$now" != "$start" ]; else [ ! -e "/proc/$owner" ]; fi
}

# default_owner PID: the process that `eval "$(up)"` was run by. A shell's forked copy, which lives only as long as that command, has its parent's command line.
default_owner() {
    local pid=$1 parent
    while parent=$(sed -n 's/^PPid:\t//p' "/proc/$pid/status") && [ "$parent" -gt 1 ] && cmp -s "/proc/$pid/cmdline" "/proc/$parent/cmdline"; do
        pid=$parent
    done
    printf '%s\n' "$pid"
}
