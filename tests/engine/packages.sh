# shellcheck shell=bash
# Debian packages for the test engine: the machine's own, installed; and those of the Engine, unpacked into the cache only.

APT_DEADLINE=600

# debian_mirror: "URI keyring" of this machine's Debian mirror, out of its deb822 and one-line sources.
debian_mirror() {
    { cat /etc/apt/sources.list.d/*.sources 2>/dev/null || true; } | awk '
        function flush() { if (uri ~ /debian(\.list)?\/?$/) { print uri, key; exit } uri = key = "" }
        /^$/ { flush() }
        tolower($1) == "uris:" { uri = $2 }
        tolower($1) == "signed-by:" { key = $2 }
        END { flush() }'
    { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } | awk '
        $1 != "deb" { next }
        { key = ""; for (i = 2; i <= NF; i++) {
            if (match($i, /signed-by=[^] ]*/)) key = substr($i, RSTART + 10, RLENGTH - 10)
            if ($i ~ /^[a-z+]+:.*debian(\.list)?\/?$/) { print $i, key; exit } } }'
}

# install_packages PACKAGE...: from the machine's own release.
install_packages() {
    [ "$(id -u)" = 0 ] || skip "missing packages: $*; install them as root (apt-get install $*) and try again"
    say "installing from this machine's own release: $*"
    local options=(-y -q --no-install-recommends -o DPkg::Lock::Timeout=120)
    DEBIAN_FRONTEND=noninteractive timeout "$APT_DEADLINE" apt-get install "${options[@]}" "$@" >/dev/null 2>&1 </dev/null && return
    update_lists
    DEBIAN_FRONTEND=noninteractive timeout "$APT_DEADLINE" apt-get install "${options[@]}" "$@" >&2 </dev/null ||
        fail "apt-get install $* failed"
}

# update_lists: what apt knows of the machine's own release; stale lists may still do.
update_lists() {
    [ "$(id -u)" = 0 ] || return 0
    timeout "$APT_DEADLINE" apt-get update -q >/dev/null 2>&1 </dev/null || say "apt-get update failed; trying with the lists there are"
}

# What has to be installed on the machine: "program package why", one a line. An Engine that is lent or installed brings its own.
machine_needs() {
    echo runc runc "runs the containers, and goes into the BuildKit image"
    echo update-ca-certificates ca-certificates "lets BuildKit speak TLS to registries"
    if [ -z "${RECONCILE_TEST_DOCKER_HOST:-}" ] && ! system_engine; then
        echo iptables iptables "lets dockerd make its bridge network"
        echo tini-static tini "is docker-init, which BuildX asks for in every node"
    fi
}

machine_missing() {
    local program package
    while read -r program package _; do
        command -v "$program" >/dev/null || printf '%s\n' "$package"
    done < <(machine_needs)
}

# system_engine: succeeds when the machine's own dockerd, containerd and docker will do.
system_engine() {
    local program version
    for program in dockerd containerd containerd-shim-runc-v2 docker; do
        command -v "$program" >/dev/null || return 1
    done
    version=$(timeout 60 dockerd --version 2>/dev/null | sed -n 's/^Docker version \([0-9.]*\).*/\1/p')
    [ -n "$version" ] && version_at_least "$version" "$ENGINE_NEEDED"
}

# client_lacking: succeeds when neither the Engine to be used nor its client is on the machine.
client_lacking() {
    if [ -n "${RECONCILE_TEST_DOCKER_HOST:-}" ]; then
        ! command -v docker >/dev/null
    else
        ! system_engine
    fi
}

# unpack_packages FOLDER PACKAGE...: downloads by apt's rules in apt_options, unpacks, installs nothing; keeps their versions in packages.txt.
unpack_packages() {
    local folder=$1 deb
    shift
    command -v apt-get >/dev/null ||
        skip "no apt here to get $* with; install them, or set RECONCILE_TEST_DOCKER_HOST to an engine that runs"
    mkdir -p "$folder/debs"
    say "downloading $* (not installed, only unpacked below $CACHE)"
    (cd "$folder/debs" && timeout "$APT_DEADLINE" apt-get -q -o APT::Sandbox::User=root "${apt_options[@]}" download "$@") >"$folder/log" 2>&1 </dev/null || {
        cat "$folder/log" >&2
        return 1
    }
    for deb in "$folder"/debs/*.deb; do
        dpkg -x "$deb" "$folder"
        dpkg -f "$deb" Package Version | paste -sd ' ' >>"$folder/packages.txt"
    done
    rm -rf "$folder/debs" "$folder/log"
}

# private_lists FOLDER SUITE MIRROR KEYRING: sets apt_options so that apt sees that Debian release alone, and the machine's own apt nothing of it.
private_lists() {
    local folder=$1 signed=''
    mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
    [ -z "$4" ] || signed="[signed-by=$4] "
    printf 'deb %s%s %s main\n' "$signed" "$3" "$2" >"$folder/sources.list"
    : >"$folder/status"
    apt_options=(-o Dir::Etc::SourceList="$folder/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o Dir::Etc::PreferencesParts=/dev/null -o Dir::State::Status="$folder/status"
        -o Dir::State::Lists="$folder/lists" -o Dir::Cache="$folder/cache"
        -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false)
    timeout "$APT_DEADLINE" apt-get -q -o APT::Sandbox::User=root "${apt_options[@]}" update >"$folder/log" 2>&1 </dev/null || {
        cat "$folder/log" >&2
        fail "cannot read the package list of Debian $2"
    }
}

# fetch_engine_of FOLDER SUITE PACKAGE...: dockerd, containerd and what else is named, to be run in place.
fetch_engine_of() {
    local folder=$1 suite=$2 mirror='' keyring='' apt_options=()
    shift 2
    read -r mirror keyring < <(debian_mirror) || true
    [ -z "$mirror" ] || private_lists "$folder/apt" "$suite" "$mirror" "$keyring"
    unpack_packages "$folder" docker.io containerd "$@" || fail "cannot download docker.io containerd $* of Debian $suite"
    # dockerd looks for docker-init on PATH.
    mkdir -p "$folder/helpers"
    ln -s "$(command -v tini-static || echo /usr/bin/tini-static)" "$folder/helpers/docker-init"
    rm -rf "${folder:?}"/{apt,usr/share,usr/lib,etc,var,lib}
    timeout 60 "$folder/usr/sbin/dockerd" --version >/dev/null || fail "the unpacked dockerd of Debian $suite does not run on this machine"
}

fetch_engine() {
    local packages=(docker-buildx)
    [ -z "$(debian_mirror)" ] || packages+=(docker-cli)
    fetch_engine_of "$1" "$ENGINE_SUITE" "${packages[@]}"
    # What comes on the user's PATH is the docker CLI alone.
    mkdir -p "$1/cli"
    ln -s ../usr/bin/docker "$1/cli/docker"
}

# fetch_engine_release FOLDER SUITE VERSION: where the release has another by now, that kind cannot be had.
fetch_engine_release() {
    local have
    [ -n "$(debian_mirror)" ] || skip "no Debian mirror here to get Docker Engine $3 from"
    fetch_engine_of "$1" "$2"
    have=$(timeout 60 "$1/usr/sbin/dockerd" --version)
    [[ $have == "Docker version $3."* ]] || skip "Docker Engine $3 cannot be had: Debian $2 has \"$have\" by now"
}
fetch_engine_20() { fetch_engine_release "$1" bookworm 20.10; }
fetch_engine_28() { fetch_engine_release "$1" sid 28; }

# fetch_rootless FOLDER: what runs an engine without root, of the machine's own release, as it needs that one's libraries;
# and the script that does it, which is with the Engine.
fetch_rootless() {
    local folder=$1 mirror='' keyring='' apt_options=() packages=(rootlesskit slirp4netns libslirp0 uidmap)
    unpack_packages "$folder" "${packages[@]}" || { update_lists && unpack_packages "$folder" "${packages[@]}"; } || fail "cannot download ${packages[*]}"
    mkdir "$folder/lib"
    find "$folder/usr/lib" -name 'lib*.so.*' -exec cp -P {} "$folder/lib/" \;
    read -r mirror keyring < <(debian_mirror) || true
    [ -z "$mirror" ] || private_lists "$folder/apt" "$ENGINE_SUITE" "$mirror" "$keyring"
    unpack_packages "$folder/engine" docker.io || fail "cannot download docker.io"
    cp "$folder/engine/usr/share/docker.io/contrib/dockerd-rootless.sh" "$folder/usr/bin/"
    rm -rf "${folder:?}"/{apt,engine,etc,var,usr/share,usr/lib}
}

# fetch_buildx_old FOLDER: Debian's package, which is with the Engine when that was unpacked; where it is another version, from source.
fetch_buildx_old() {
    local folder=$1 mirror='' keyring='' apt_options=() plugin=usr/libexec/docker/cli-plugins/docker-buildx
    if ! is_buildx_old "$ENGINE_ENTRY/$plugin"; then
        read -r mirror keyring < <(debian_mirror) || true
        [ -z "$mirror" ] || {
            private_lists "$folder/apt" "$ENGINE_SUITE" "$mirror" "$keyring"
            unpack_packages "$folder/package" docker-buildx
        }
    fi
    for plugin in "$ENGINE_ENTRY/$plugin" "$folder/package/$plugin"; do
        ! is_buildx_old "$plugin" || {
            cp "$plugin" "$folder/docker-buildx"
            break
        }
    done
    rm -rf "${folder:?}"/{apt,package}
    [ -x "$folder/docker-buildx" ] || build_buildx_old "$folder"
}
is_buildx_old() { [ -x "$1" ] && [[ $("$1" version) == *" ${BUILDX_OLD_VERSION#v}"* ]]; }

# fetch_busybox FOLDER: a static one, for the BuildKit image and for test builds FROM scratch.
fetch_busybox() {
    local folder=$1 apt_options=() static
    static=$(command -v busybox || true)
    if [ -z "$static" ] || ldd "$static" >/dev/null 2>&1; then
        unpack_packages "$folder" busybox-static || { update_lists && unpack_packages "$folder" busybox-static; } || fail "cannot download busybox-static"
        static=$(find "$folder" -path '*/bin/busybox' -type f -print -quit)
    fi
    cp "$static" "$folder/busybox.kept"
    rm -rf "${folder:?}"/{bin,usr,etc,lib}
    mv "$folder/busybox.kept" "$folder/busybox"
}
