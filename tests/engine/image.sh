# shellcheck shell=bash
# The BuildKit image without a registry: an archive that `docker load` takes, holding two images that share one layer.

# image_root FOLDER: what moby/buildkit has that builds without git or emulation need.
image_root() {
    local root=$1 runc library applet
    runc=$BUILDKIT_ENTRY/runc
    mkdir -p "$root"/{bin,usr/bin,etc/ssl/certs,etc/buildkit,proc,sys,dev,run,root,tmp,var/lib/buildkit}
    chmod 1777 "$root/tmp"
    cp "$BUILDKIT_ENTRY/buildkitd" "$BUILDKIT_ENTRY/buildctl" "$runc" "$root/usr/bin/"
    ln -s runc "$root/usr/bin/buildkit-runc"
    ldd "$runc" | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }' | while read -r library; do
        install -D "$library" "$root$library"
    done
    cp "$BUSYBOX_ENTRY/busybox" "$root/bin/busybox"
    "$BUSYBOX_ENTRY/busybox" --list | while read -r applet; do
        [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
    done
    cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
    printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
    printf 'root:x:0:\n' >"$root/etc/group"
}

# image_config LAYER_SHA256 TAG: its label alone makes the two images differ.
image_config() {
    local go_arch
    go_arch=$(image_arch)
    cat <<-JSON
	{"architecture":"$go_arch","os":"linux","created":"1970-01-01T00:00:00Z",
	 "config":{"Entrypoint":["buildkitd"],"Volumes":{"/var/lib/buildkit":{}},
	  "Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","BUILDKIT_SETUP_CGROUPV2_ROOT=1"],
	  "Labels":{"reconcile.test.tag":"$2"}},
	 "rootfs":{"type":"layers","diff_ids":["sha256:$1"]},"history":[{"created":"1970-01-01T00:00:00Z"}]}
	JSON
}

image_arch() {
    case $ARCH in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *) echo "$ARCH" ;;
    esac
}

build_image() {
    local folder=$1 layer manifest='' tag config
    mkdir "$folder/root" "$folder/archive"
    image_root "$folder/root"
    tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$folder/root" -cf "$folder/archive/layer.tar" .
    layer=$(sha256sum "$folder/archive/layer.tar" | cut -d ' ' -f 1)
    for tag in "$BUILDKIT_IMAGE" "$BUILDKIT_IMAGE_OTHER"; do
        image_config "$layer" "$tag" >"$folder/config"
        config=$(sha256sum "$folder/config" | cut -d ' ' -f 1)
        mv "$folder/config" "$folder/archive/$config.json"
        manifest+="${manifest:+,}{\"Config\":\"$config.json\",\"RepoTags\":[\"$tag\"],\"Layers\":[\"layer.tar\"]}"
    done
    printf '[%s]\n' "$manifest" >"$folder/archive/manifest.json"
    tar -C "$folder/archive" -cf "$folder/image.tar" .
    rm -rf "$folder/archive" "$folder/root"
}
