# shellcheck shell=bash
# Notes in the cache about the engines that were started, so that `down` and the next `up` know what is theirs.
# A record is a file named by the engine's id: folder, owner's pid, owner's start time, boot id, one a line.

record_write() {
    local id=$1 folder=$2 owner=$3 start=none
    [ "$owner" = none ] || start=$(process_start "$owner") || fail "no process $owner to own the engine"
    mkdir -p "$RECORDS"
    printf '%s\n' "$folder" "$owner" "$start" "$(boot_id)" >"$RECORDS/.$id"
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

# record_stale ID: its owner is gone, or the machine was started anew.
record_stale() {
    local folder owner start boot
    { read -r folder && read -r owner && read -r start && read -r boot; } <"$RECORDS/$1" 2>/dev/null || return 1
    [ -n "$folder" ] || return 1
    [ "$boot" = "$(boot_id)" ] || return 0
    [ "$owner" != none ] && [ "$(process_start "$owner")" != "$start" ]
}

# default_owner PID: the process that `eval "$(up)"` was run by. A shell's forked copy, which lives only as long as that command, has its parent's command line.
default_owner() {
    local pid=$1 parent
    while parent=$(sed -n 's/^PPid:\t//p' "/proc/$pid/status") && [ "$parent" -gt 1 ] && cmp -s "/proc/$pid/cmdline" "/proc/$parent/cmdline"; do
        pid=$parent
    done
    printf '%s\n' "$pid"
}
