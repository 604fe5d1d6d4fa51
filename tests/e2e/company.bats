#!/usr/bin/env bats
# In company: another run, another machine, BuildX and other users of this one. Nobody's change is lost, waits are
# bounded and name the owner, and what others may write is not believed.
load lib
setup() { common_setup; }
teardown() {
	end_ours -KILL "${other:-}"
	common_teardown
}
owner() { # beat, lease: the lock's file as another machine writes it (apply/run_lock.h)
	printf '{"pid": 7, "host": "elsewhere", "user": "eve", "command": "reset", "start": "2026-01-31T12:00:00Z", "boot": "another", "id": "0123456789abcdef", "lease": %s, "beat": %08d}\n' "$2" "$1"
}
inactive() { state <<<"{version: 1, builders: {$B: {bootstrap: false}}}"; }

@test "a living owner on another machine is waited for and named: exit 4, nothing changed" {
	inactive
	owner 0 10000 >"$BUILDX_CONFIG/.reconcile.lock"
	# Written over itself, as an owner does, so that it is empty at no moment.
	python3 - "$BUILDX_CONFIG/.reconcile.lock" "$(owner 0 10000)" >/dev/null 2>&1 3>&- <<-'P' &
		import os, sys, time
		file = os.open(sys.argv[1], os.O_WRONLY)
		for beat in range(1, 100000):
		    os.pwrite(file, sys.argv[2].replace("00000000}", f"{beat:08d}}}").encode(), 0)
		    time.sleep(0.05)
	P
	other=$!
	run -4 --separate-stderr reconcile --apply --yes --lock-timeout 2 -f state.yaml
	[[ $stderr == *'pid 7 on elsewhere, "reset" of eve, since 2026-01-31T12:00:00Z'* ]] || fail_with "$stderr"
	[[ $stderr == *"waiting, up to 2 s: another reconcile is changing "*'pid 7'*"another reconcile is changing"* ]] || fail_with "$stderr"
	[[ ! -e $BUILDX_CONFIG/instances/$B && $(<"$BUILDX_CONFIG/.reconcile.lock") == *elsewhere* ]]
}

@test "a dead owner on another machine is taken over, and that is said" {
	inactive
	owner 1 200 >"$BUILDX_CONFIG/.reconcile.lock"
	apply
	[[ $stderr == *"took over the lock of a run that died: pid 7 on elsewhere"*"another machine"* ]] || fail_with "$stderr"
	[[ -e $BUILDX_CONFIG/instances/$B && ! -s $BUILDX_CONFIG/.reconcile.lock ]]
}

@test "a dead owner on this machine is taken over at once, and that is said" {
	inactive
	owner 1 10000 | sed "s/another/$(cat /proc/sys/kernel/random/boot_id)/" >"$BUILDX_CONFIG/.reconcile.lock"
	run -0 --separate-stderr reconcile --apply --yes --lock-timeout 0 -f state.yaml
	[[ $stderr == *"took over the lock of a run that died: pid 7 on elsewhere"* ]] || fail_with "$stderr"
}

@test "the lock is a link to somebody's file: refused, and the file stays" {
	inactive
	echo precious >precious
	ln -s "$PWD/precious" "$BUILDX_CONFIG/.reconcile.lock"
	run -5 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $(<precious) == precious && $stderr == *"a link"* ]] || fail_with "$stderr"
}

@test "what others may write is refused by what changes something, told of by what looks" {
	inactive
	local folder mode
	for folder in "$BUILDX_CONFIG" "$DOCKER_CONFIG"; do
		chmod 777 "$folder"
		for mode in "--apply --yes -f state.yaml" "--reset --all --yes -f state.yaml" "--rollback --yes"; do
			# shellcheck disable=SC2086
			run -5 --separate-stderr reconcile $mode
			[[ $stderr == *"every user of this machine may write in the "*"chmod go-w $folder"* ]] || fail_with "$stderr"
		done
		run -0 --separate-stderr reconcile --doctor
		[[ $output == *writable-by-others* ]] || fail_with "$output"
		run -0 --separate-stderr reconcile --plan -f state.yaml
		chmod 700 "$folder"
	done
	apply
	chmod 777 "$RECONCILE_HISTORY"
	run -5 --separate-stderr reconcile --rollback --yes
	[[ $stderr == *"others may write the history"*"chmod 0700"* ]] || fail_with "$stderr"
	run -5 --separate-stderr reconcile --apply --yes -f state.yaml
	run -0 --separate-stderr reconcile --plan -f state.yaml
	[[ $stderr == *"others may write the history"* ]] || fail_with "$stderr"
}

# While the plan is on the terminal and waits for a yes, somebody changes what it was made from.
meanwhile() { # a command; then our answer. Prints what reconcile said and leaves its code in `code`
	cat >meanwhile.py <<-'P'
		import fcntl, os, pty, re, select, struct, subprocess, sys, termios, time
		main, terminal = pty.openpty()
		fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 500, 0, 0))
		run = subprocess.Popen(sys.argv[2:], stdin=terminal, stdout=terminal, stderr=terminal)
		os.close(terminal)
		said, answered, deadline = b"", False, time.time() + 600
		while time.time() < deadline:
		    if select.select([main], [], [], 0.1)[0]:
		        try:
		            said += os.read(main, 65536)
		        except OSError:
		            break
		    if not answered and b"Apply these changes?" in said:
		        subprocess.run(["bash", "-c", sys.argv[1]], check=True)
		        os.write(main, b"yes\n")
		        answered = True
		if run.poll() is None and time.time() >= deadline:
		    run.kill()
		open("code", "w").write(str(run.wait()))
		sys.stdout.write(said.decode(errors="replace"))
	P
	python3 meanwhile.py "$1" "$reconcile" --apply -f state.yaml
}

@test "somebody changes the builder while we apply: theirs stays, exit 3, and no rollback undoes it" {
	inactive
	apply
	state <<<"{version: 1, builders: {$B: {bootstrap: false, driver-opts: {memory: 512m}}}}"
	run -0 meanwhile "docker buildx create --name $B --node ${B}0 --driver-opt env.THEIRS=1"
	[[ $(<code) == 3 && $output == *"instances/$B was changed by somebody since the plan was made"* ]] || fail_with "$(<code)" "$output"
	grep -q THEIRS "$BUILDX_CONFIG/instances/$B"
	run -1 grep -q 512m "$BUILDX_CONFIG/instances/$B"
	# Planned again, it is seen and dealt with.
	apply
	grep -q 512m "$BUILDX_CONFIG/instances/$B"
	settled
}

@test "somebody selects another builder while we apply: their selection stays" {
	docker buildx create --name "$B-old"
	state_builder <<<"bootstrap: false"
	apply
	sed -i "s/^selected: .*/selected: $B/" state.yaml
	docker buildx create --name "$B-third"
	docker buildx use --default "$B-old"
	run -0 meanwhile "docker buildx use --default $B-third"
	[[ $(<code) == 3 && $output == *"current was changed by somebody"* ]] || fail_with "$(<code)" "$output"
	run -0 docker buildx inspect
	[[ $output == *"$B-third"* ]]
}

@test "somebody makes, or removes, the builder while we do: neither is undone" {
	inactive
	run -0 meanwhile "docker buildx create --name $B --driver-opt env.THEIRS=1"
	[[ $(<code) == 3 && $output == *"instances/$B was made by somebody"* ]] || fail_with "$(<code)" "$output"
	grep -q THEIRS "$BUILDX_CONFIG/instances/$B"
	state <<<"{version: 1, builders: {$B: {bootstrap: false, driver-opts: {memory: 512m}}}}"
	run -0 meanwhile "docker buildx rm $B"
	[[ $(<code) == 3 && $output == *"instances/$B was removed by somebody"* ]] || fail_with "$(<code)" "$output"
	[[ ! -e $BUILDX_CONFIG/instances/$B ]]
}
