#!/usr/bin/env bats
# The services and timers as `make install` leaves them: sound to systemd, shut in, and their ExecStart lines run as they
# are, with their environment, without capabilities and on a machine that is read-only but for what the unit leaves open.
# No systemd runs here, and no engine.
bats_require_minimum_version 1.5.0

setup_file() {
	export root there units
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	there=$BATS_FILE_TMPDIR/usr units=$BATS_FILE_TMPDIR/usr/lib/systemd/system
	make -s -C "$root" -o all install PREFIX="$there" SYSCONFDIR="$BATS_FILE_TMPDIR/etc" >/dev/null
}
fail_with() {
	printf '%s\n' "$@" >&2
	return 1
}
each_unit() {
	local unit
	for unit in reconcile reconcile-check; do printf '%s\n' "$units/$unit.$1" "$units/$unit@daemon.$1"; done
}
value() { sed -n "s/^$2=//p" "$units/$1"; } # unit, key: as the unit says it

# The ExecStart line of a unit of root's, as systemd would run it: its words, its environment and the account's, no
# capabilities, no new privileges; every mount read-only but /dev, /proc and what ReadWritePaths= names below /root,
# which is a folder of this test.
start() { # unit
	local command environment
	read -ra command <<<"$(value "$1" ExecStart)"
	read -ra environment <<<"$(value "$1" Environment)"
	command=("${command[@]//%d/$BATS_TEST_TMPDIR/credentials}")
	[[ ! -d $BATS_TEST_TMPDIR/credentials ]] || environment+=("CREDENTIALS_DIRECTORY=$BATS_TEST_TMPDIR/credentials")
	home=$BATS_TEST_TMPDIR/home
	mkdir -p "$home"
	export home open
	open=$(value "$1" ReadWritePaths)
	# shellcheck disable=SC2016
	run --separate-stderr unshare --mount --propagation private bash -euc '
		mount --bind "$home" /root
		for path in $open; do
			path=${path#-}
			[[ ! -e $path ]] || mount --bind "$path" "$path"
		done
		mounts=$(tac /proc/self/mountinfo) # it has ended: its temporary file keeps / busy
		while read -r _ _ _ _ at options _; do
			[[ " ${open//-/} " == *" $at "* || $at == /proc* || $at == /dev* || $at == /sys* ]] || mount -o "remount,bind,ro" "$at" || [[ ! -e $at ]] # of another test, and gone
		done < <(printf "%s\n" "$mounts")
		! touch /root/../read-only 2>/dev/null
		cd /
		exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all env -i HOME=/root USER=root LOGNAME=root PATH=/usr/bin:/bin \
			DOCKER_HOST=unix:///nowhere "$@"' bash "${environment[@]}" "${command[@]}"
}
can_start() {
	[[ $(id -u) -eq 0 ]] && unshare --mount --propagation private true 2>/dev/null || skip "no mount namespace can be made here"
}
state() { mkdir -p "$BATS_FILE_TMPDIR/etc/reconcile" && cat >"$BATS_FILE_TMPDIR/etc/reconcile/builders.yaml"; }
remote_builder() {
	state <<<'{version: 1, builders: {far: {driver: remote, bootstrap: false, nodes: {far0: {endpoint: "tcp://127.0.0.1:1"}}}}}'
}

@test "systemd finds nothing wrong with them" {
	# shellcheck disable=SC2046
	run systemd-analyze verify --man=no $(each_unit service) $(each_unit timer)
	[[ $status -eq 0 && -z $output ]] || fail_with "$output"
	# And would: a key that is misspelt is said.
	sed 's/^ProtectSystem/ProtectSytem/' "$units/reconcile.service" >"$BATS_TEST_TMPDIR/reconcile.service"
	run systemd-analyze verify --man=no "$BATS_TEST_TMPDIR/reconcile.service"
	[[ $output == *ProtectSytem* ]] || fail_with "$output"
	run -0 systemd-analyze calendar "$(value reconcile.timer OnCalendar)" "$(value reconcile-check.timer OnCalendar)"
}

@test "they are shut in" {
	local unit
	while read -r unit; do
		run systemd-analyze security --no-pager --offline=yes --threshold=30 "$unit"
		[[ $status -eq 0 ]] || fail_with "$unit: $output"
	done < <(each_unit service)
	run ! systemd-analyze security --no-pager --offline=yes --threshold=30 <(printf '[Service]\nExecStart=/bin/true\n')
}

@test "a user's is root's, but for the user, the home and the folder" {
	run diff <(grep -v '^#' "$units/reconcile.service") <(grep -v '^#' "$units/reconcile@.service")
	[[ $(grep -c '^>' <<<"$output") -eq 6 ]] || fail_with "$output"
	grep -qx 'User=%i' "$units/reconcile@.service"
	grep -qx 'ReadWritePaths=-/home/%i' "$units/reconcile@.service"
	grep -qx "ExecStart=$there/bin/reconcile --check -f $BATS_FILE_TMPDIR/etc/reconcile/%i --allow-path %d" "$units/reconcile-check@.service"
	run ! grep -rE '/root|User=root' "$units/reconcile@.service" "$units/reconcile-check@.service"
}

@test "reconcile.service applies what /etc/reconcile says, and leaves the rest of the machine alone" {
	can_start
	remote_builder
	start reconcile.service
	[[ $status -eq 0 && $output == *"builder.far"* ]] || fail_with "exit $status: $output" "$stderr"
	[[ -s $home/.docker/buildx/instances/far ]] || fail_with "$(find "$home")"
	[[ -d $(echo "$home"/.local/state/reconcile/*.git) ]]
	[[ $output$stderr != *$'\e'* ]] # no colours in a journal
	start reconcile.service
	[[ $status -eq 0 && $output == *"No changes."* ]] || fail_with "exit $status: $output" "$stderr"
}

@test "keys come as credentials, from a folder that only the service sees" {
	can_start
	# shellcheck source=../certificates.sh
	. "$BATS_TEST_DIRNAME/../certificates.sh"
	mkdir "$BATS_TEST_TMPDIR/credentials" && cd "$BATS_TEST_TMPDIR/credentials"
	authority a
	state <<-'S'
		version: 1
		contexts:
		  far:
		    endpoint: tcp://127.0.0.1:1
		    ca: ${CREDENTIALS_DIRECTORY}/a.pem
		    cert: ${CREDENTIALS_DIRECTORY}/a-client.pem
		    key: ${CREDENTIALS_DIRECTORY}/a-client-key.pem
	S
	start reconcile.service
	[[ $status -eq 0 && $output == *"context.far"* ]] || fail_with "exit $status: $output" "$stderr"
	find "$home/.docker/contexts/tls" -name key.pem -exec cmp {} a-client-key.pem \; | grep . && fail_with "another key"
	[[ -n $(find "$home/.docker/contexts/tls" -name key.pem) ]]
}

@test "reconcile-check.service fails where something differs, and changes nothing" {
	can_start
	remote_builder
	start reconcile-check.service
	[[ $status -eq 2 && $output == *"+ builder.far"* ]] || fail_with "exit $status: $output" "$stderr"
	[[ -z $(find "$home" -type f) ]] || fail_with "$(find "$home")"
	start reconcile.service
	start reconcile-check.service
	[[ $status -eq 0 && $output == *"No changes."* ]] || fail_with "exit $status: $output" "$stderr"
	echo '{}' >"$home/.docker/buildx/instances/far"
	start reconcile-check.service
	[[ $status -eq 2 ]] || fail_with "exit $status: $output" "$stderr"
	[[ $(<"$home/.docker/buildx/instances/far") == '{}' ]]
}
