# shellcheck shell=bash
# Kubernetes for the tests' cluster: its server programs and etcd as one program from the Go module proxy, as no distribution
# packages them; kubectl and the network plugins unpacked from Debian. Sourced by `prepare`, after gobuild.sh and packages.sh.
# shellcheck disable=SC2034,SC2154 # `here` is of who sources it, and apt_options for what is called

KUBERNETES_DEADLINE=5000

# kubernetes_module GO FOLDER: writes a go.mod that stands to Kubernetes' own as its repository does. There, `replace` leads to
# folders that the module does not hold; those are modules too, numbered v0 where Kubernetes is v1.
kubernetes_module() {
    local own version=${KUBERNETES_VERSION/#v1./v0.}
    own=$(module_folder "$1" "k8s.io/kubernetes@$KUBERNETES_VERSION")/go.mod
    cat <<-MODULE >"$2/go.mod"
	module kube
	$(grep -E '^go ' "$own")
	require k8s.io/kubernetes $KUBERNETES_VERSION
	$(sed -nE 's|^\t(k8s\.io/[a-z-]+) => \./staging/.*|replace \1 => \1 '"$version"'|p' "$own")
	MODULE
}

# build_kubernetes FOLDER: about 400 seconds of processor time; without GOGC and -l (no inlining), nearly twice that.
build_kubernetes() {
    local folder=$1 go stamp=k8s.io/component-base/version
    go=$(find_go)
    say "building Kubernetes $KUBERNETES_VERSION with $("$go" env GOVERSION) (four minutes on two idle processors, once)"
    mkdir "$folder/source"
    cp "$here/kube.go" "$folder/source/"
    kubernetes_module "$go" "$folder/source"
    # Its compiled packages are of no use to anything else, and gigabytes.
    (cd "$folder/source" && CGO_ENABLED=0 GOFLAGS='' GOTOOLCHAIN=local GOWORK=off GOGC=400 GOCACHE=$folder/compiled \
        nice -n 15 timeout "$KUBERNETES_DEADLINE" "$go" build -mod=mod -p 2 -trimpath -buildvcs=false -gcflags='all=-l -dwarf=false' \
        -ldflags "-s -w -X $stamp.gitVersion=$KUBERNETES_VERSION -X $stamp.gitMajor=1 -X $stamp.gitMinor=$(cut -d . -f 2 <<<"$KUBERNETES_VERSION") -X $stamp.gitTreeState=clean" \
        -o "$folder/kube" .) >"$CACHE/kubernetes.log" 2>&1 </dev/null || {
        cat "$CACHE/kubernetes.log" >&2
        fail "building Kubernetes $KUBERNETES_VERSION failed"
    }
    rm -rf "${folder:?}"/{source,compiled}
}

# fetch_kubernetes_tools FOLDER: bin/ with kubectl and the network plugins that a cluster of one node needs, and pause.tar.
# Debian packages both; other systems of its kind the plugins alone, and there the machine's own kubectl is taken.
fetch_kubernetes_tools() {
    local folder=$1 mirror='' keyring='' kubectl packages=(containernetworking-plugins) apt_options=()
    read -r mirror keyring < <(debian_mirror) || true
    if [ -n "$mirror" ]; then
        private_lists "$folder/apt" "$ENGINE_SUITE" "$mirror" "$keyring"
        packages+=(kubectl)
    fi
    unpack_packages "$folder/unpacked" "${packages[@]}" || fail "cannot download ${packages[*]}"
    kubectl=$folder/unpacked/usr/bin/kubectl
    [ -x "$kubectl" ] || kubectl=$(command -v kubectl) || skip "no kubectl here, and no Debian to get it from"
    mkdir "$folder/bin"
    cp "$kubectl" "$folder"/unpacked/usr/lib/cni/{bridge,host-local,loopback} "$folder/bin/"
    mv "$folder/unpacked/packages.txt" "$folder/"
    rm -rf "${folder:?}"/{apt,unpacked}
    pause_image "$folder"
    timeout 60 "$folder/bin/kubectl" version --client >/dev/null || fail "this kubectl does not run here"
}

# pause_image FOLDER: pause.tar, the image whose process holds a pod's namespaces open; it has a shell too, for pods of tests.
pause_image() {
    local folder=$1/pause layer
    mkdir -p "$folder/root/bin" "$folder/archive"
    cp "$BUSYBOX_ENTRY/busybox" "$folder/root/bin/busybox"
    ln -s busybox "$folder/root/bin/sh"
    tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$folder/root" -cf "$folder/archive/layer.tar" .
    layer=$(sha256sum "$folder/archive/layer.tar" | cut -d ' ' -f 1)
    printf '{"architecture":"%s","os":"linux","config":{"Entrypoint":["/bin/busybox","sleep","2147483647"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}\n' \
        "$(image_arch)" "$layer" >"$folder/archive/config.json"
    echo '[{"Config":"config.json","RepoTags":["localhost/pause:1"],"Layers":["layer.tar"]}]' >"$folder/archive/manifest.json"
    tar -C "$folder/archive" -cf "$1/pause.tar" .
    rm -rf "$folder"
}
