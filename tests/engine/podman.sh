# shellcheck shell=bash
# Podman for the tests, in a root of the Debian that has it: its programs want that release's libraries.

PODMAN_DEADLINE=1800
PODMAN_PACKAGES=podman,crun,conmon,netavark,aardvark-dns,nftables,iptables,runc,catatonit,ca-certificates,mount

build_podman_4() { podman_root "$1" bookworm; }
build_podman_5() { podman_root "$1" trixie; }

# podman_root FOLDER SUITE: from the mirror that this machine itself uses; mmdebstrap knows one where it uses none.
podman_root() {
    local folder=$1 suite=$2 mirror='' keyring='' sources=()
    command -v mmdebstrap >/dev/null || skip "no mmdebstrap here to make a root with Podman with (apt-get install mmdebstrap)"
    read -r mirror keyring < <(debian_mirror) || true
    [ -z "$mirror" ] || sources=("deb ${keyring:+[signed-by=$keyring] }$mirror $suite main")
    # Signatures are looked at; that a mirror has stood still for some weeks does not matter here.
    timeout "$PODMAN_DEADLINE" mmdebstrap --quiet --mode=root --variant=apt --include="$PODMAN_PACKAGES" \
        --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "3"' --aptopt='Acquire::Check-Valid-Until "false"' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
        "$suite" "$folder/root" "${sources[@]}" >"$folder/log" 2>&1 </dev/null || {
        tail -n 20 "$folder/log" >&2
        fail "no root of Debian $suite with Podman could be made"
    }
}
