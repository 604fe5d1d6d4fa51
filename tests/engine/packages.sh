# shellcheck shell=bash
# Debian packages for the test engine: the machine's own, installed; and those of the Engine, unpacked into the cache only.

APT_DEADLINE=600

# The deb822 and one-line sources of this machine, reduced to "URI keyring" of its Debian mirror.
debian_mirror() {
    cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk '
        function flush() { if (uri ~ /debian\/?$/ && suites !~ /security/) { print uri, key; exit } uri = key = suites = "" }
        /^$/ { flush() }
        tolower($1) == "uris:" { uri = $2 }
        tolower($1) == "suites:" { suites = $0 }
        tolower($1) == "signed-by:" { key = $2 }
        END { flush() }' | head -n 1
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | awk '
        $1 != "deb" { next }
        { key = ""; for (i = 2; i <= NF; i++) {
            if (match($i, /signed-by=[^] ]*/)) key = substr($i, RSTART + 10, RLENGTH - 10)
            if ($i ~ /^[a-z+]+:\/\/.*debian\/?$/) { print $i, key; exit } } }'
}

# install_packages PACKAGE...: from the machine's own release.
install_packages() {
    [ "$(id -u)" = 0 ] || skip "missing packages: $*; install them as root (apt-get install $*) and try again"
    say "installing from this machine's own release: $*"
    local options=(-y -q --no-install-recommends -o DPkg::Lock::Timeout=120)
    DEBIAN_FRONTEND=noninteractive timeout "$APT_DEADLINE" apt-get install "${options[@]}" "$@" >/dev/null 2>&1 </dev/null && return
    timeout "$APT_DEADLINE" apt-get update -q >/dev/null 2>&1 </dev/null || say "apt-get update failed; trying with the lists there are"
    DEBIAN_FRONTEND=noninteractive timeout "$APT_DEADLINE" apt-get install "${options[@]}" "$@" >&2 </dev/null ||
        fail "apt-get install $* failed"
}

# What the Engine and the BuildKit image need of the machine: "program package why", one a line.
machine_needs() {
    cat <<-LIST
	runc runc runs the containers, and goes into the BuildKit image
	iptables iptables lets dockerd make its bridge network
	tini-static tini is docker-init, which BuildX asks for in every node
	busybox busybox-static is the shell of the BuildKit image and of test builds
	update-ca-certificates ca-certificates lets BuildKit speak TLS to registries
	LIST
}

machine_missing() {
    local program package why
    while read -r program package why; do
        PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null || printf '%s\n' "$package"
    done < <(machine_needs)
}

# system_engine: succeeds when the machine's own dockerd, containerd and docker will do.
system_engine() {
    local program version
    for program in dockerd containerd containerd-shim-runc-v2 docker; do
        PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null || return 1
    done
    version=$(PATH=$PATH:/usr/sbin:/sbin timeout 10 dockerd --version 2>/dev/null | sed -n 's/^Docker version \([0-9.]*\).*/\1/p')
    [ -n "$version" ] && version_at_least "$version" "$ENGINE_NEEDED"
}

# fetch_engine FOLDER: the Engine's packages, unpacked; nothing is installed on the machine.
fetch_engine() {
    local folder=$1 packages=(docker.io containerd docker-cli docker-buildx) mirror keyring signed='' options
    command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
        skip "no Docker Engine >= $ENGINE_NEEDED here and no apt to get one with: install dockerd, containerd and the docker CLI, or set RECONCILE_TEST_DOCKER_HOST"
    mkdir -p "$folder/debs" "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial"
    options=(-q -o APT::Sandbox::User=root)
    read -r mirror keyring < <(debian_mirror) || true
    if [ -n "$mirror" ]; then
        [ -z "$keyring" ] || signed="[signed-by=$keyring] "
        printf 'deb %s%s %s main\n' "$signed" "$mirror" "$ENGINE_SUITE" >"$folder/apt/sources.list"
        : >"$folder/apt/status"
        options+=(-o Dir::Etc::SourceList="$folder/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
            -o Dir::Etc::PreferencesParts=/dev/null -o Dir::State::Status="$folder/apt/status"
            -o Dir::State::Lists="$folder/apt/lists" -o Dir::Cache="$folder/apt/cache"
            -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false)
        timeout "$APT_DEADLINE" apt-get "${options[@]}" update >"$folder/apt/log" 2>&1 </dev/null ||
            { cat "$folder/apt/log" >&2; fail "cannot read the package list of Debian $ENGINE_SUITE"; }
    fi
    say "downloading ${packages[*]} of ${mirror:+Debian $ENGINE_SUITE}${mirror:-the machine\'s own release}"
    (cd "$folder/debs" && timeout "$APT_DEADLINE" apt-get "${options[@]}" download "${packages[@]}") >"$folder/apt/log" 2>&1 </dev/null ||
        { cat "$folder/apt/log" >&2; fail "cannot download ${packages[*]}"; }
    local deb
    for deb in "$folder"/debs/*.deb; do
        dpkg -x "$deb" "$folder"
        dpkg -f "$deb" Package Version | paste -sd ' ' >>"$folder/packages.txt"
    done
    rm -rf "$folder/debs" "$folder/apt" "$folder/usr/share" "$folder/etc" "$folder/var" "$folder/lib"
    # dockerd looks for docker-init on PATH; what is on the user's PATH is the docker CLI alone.
    mkdir -p "$folder/helpers" "$folder/cli"
    ln -s "$(command -v tini-static)" "$folder/helpers/docker-init"
    ln -s ../usr/bin/docker "$folder/cli/docker"
    timeout 10 "$folder/usr/sbin/dockerd" --version >/dev/null || fail "the unpacked dockerd does not run on this machine"
}
