#!/usr/bin/env bats
# Foreign platforms: registered with the kernel of the node's machine when the state file says so, again after a reboot.
#
# The binfmt image is a stand-in, for no registry may be at hand: it registers busybox's `true`, and that is what BuildKit
# tries a platform by (moby/buildkit util/archutil).
load lib
setup() {
	common_setup
	exec 8</proc/sys/fs # one kernel, one registry: another run may be at its tests of it
	flock -w 300 8
	[[ $(id -u) == 0 && ! -e /proc/sys/fs/binfmt_misc/qemu-s390x ]] || skip "needs root, and s390x not registered yet"
	mount_point=$BATS_TEST_TMPDIR/binfmt
	image=reconcile-test-binfmt:$B
	entry=reconcile-$B
	mkdir -p "$mount_point"
	mount -t binfmt_misc none "$mount_point" || skip "this kernel has no binfmt_misc"
	binfmt_image
}
teardown() {
	forget
	docker rmi -f "$image" >/dev/null 2>&1 || true
	common_teardown
}

# As at a reboot. The kernel forgets when binfmt_misc is mounted nowhere; where it is, it has to be told.
forget() {
	mountpoint -q "$mount_point" || return 0
	[[ ! -e $mount_point/$entry ]] || (echo -1 >"$mount_point/$entry") 2>/dev/null || true
	umount "$mount_point"
}
binfmt_image() {
	mkdir -p image/bin image/proc image/tmp
	cp "$RECONCILE_BUSYBOX" image/bin/busybox
	cp "$RECONCILE_BUSYBOX" image/bin/true
	cat >image/binfmt <<-S
		#!/bin/busybox sh
		# What ends at once may lose its words on a busy machine.
		[ "\$*" = "--install s390x" ] || { echo "cannot do \$*"; /bin/busybox sleep 2; exit 1; }
		/bin/busybox mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
		[ -e /proc/sys/fs/binfmt_misc/$entry ] || /bin/busybox printf '%s' \
		':$entry:M::\x7fELF\x02\x02\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x16:\xff\xff\xff\xff\xff\xff\xff\xfc\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff:/bin/true:F' \
		>/proc/sys/fs/binfmt_misc/register
	S
	chmod 755 image/binfmt
	tar -C image -c . | docker import -c 'ENTRYPOINT ["/binfmt"]' - "$image" >/dev/null
}

@test "emulation is registered on the node's machine, and after a reboot that is drift which --apply mends" {
	state_builder <<<"platforms: [linux/amd64, linux/s390x]"
	apply
	run -0 --separate-stderr reconcile --plan -f state.yaml
	[[ $output == *"platform-missing"* ]] || fail_with "$output"
	state_builder <<-Y
		platforms: [linux/amd64, linux/s390x]
		emulation: {s390x: install, image: "$image"}
	Y
	differs "~ builder.$B" "no emulation of s390x on the machine of node ${B}0" "nodes.${B}0.emulation.s390x"
	id=$(container_id "${B}0")
	apply
	settled
	[[ $(container_id "${B}0") == "$id" ]]
	run -0 docker buildx inspect "$B"
	[[ $output == *"linux/s390x"* ]]
	forget
	mount -t binfmt_misc none "$mount_point"
	docker restart -t 2 "buildx_buildkit_${B}0"
	wait_until 300 docker exec "buildx_buildkit_${B}0" buildctl debug workers
	differs "nodes.${B}0.emulation.s390x" "lost at a reboot"
	apply
	settled
}

@test "a registration that fails makes the apply fail, with what the image said" {
	state_builder <<-Y
		emulation: {riscv64: install, image: "$image"}
	Y
	run -1 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $output == *"Nothing was changed."* ]] || fail_with "$output"
	[[ $output == *"registering emulation of riscv64"*"cannot do --install riscv64"* ]] || fail_with "$output"
	[[ -z $(docker ps -aq --filter "ancestor=$image") ]]
}
