#!/usr/bin/env bats
# What the tests themselves stand on: of the machine's processes they end their own and nobody else's. Needs no engine.
load lib
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkfifo go
	helpers=()
}
# Whoever reads `go` ends: also where a test has failed.
teardown() {
	: 1<>go
	end_ours "${helpers[@]}"
}

# A process with two threads, that is below this test or, as a daemon of another test, is not: sets daemon and thread.
threads() { # ours|others
	cat >threads.py <<-'P'
		import os, sys, threading
		if sys.argv[1] == "others":
		    if os.fork():
		        os._exit(0)
		    os.setsid()
		thread = threading.Thread(target=lambda: open("go").read())
		thread.start()
		open("pids.new", "w").write(f"{os.getpid()} {thread.native_id}\n")
		os.rename("pids.new", "pids")
	P
	rm -f pids
	python3 threads.py "$1" >/dev/null 2>&1 3>&- &
	wait_until 300 test -e pids
	read -r daemon thread <pids
}

@test "the pid of somebody else's process, or of a thread of it, is left alone" {
	local pid daemon thread
	threads others
	wait $! # then it is nobody's child here
	for pid in "$daemon" "$thread" 999999999 ''; do
		run ! is_ours "$pid"
		run ! signal_ours -KILL "$pid"
		end_ours -KILL "$pid"
	done
	kill -0 "$daemon"
	threads ours
	is_ours "$daemon"
	run ! is_ours "$thread"
}

@test "what is below this test is ended, once, and waited for" {
	local one two
	sleep 1000 3>&- &
	one=$!
	sh -c 'sleep 1000 & echo $! >below.new; mv below.new below; wait' 3>&- &
	two=$!
	wait_until 300 test -e below
	is_ours "$one"
	is_ours "$(<below)"
	signal_ours -STOP "$one"
	end_ours -KILL "$one" "$(<below)"
	[[ ! -e /proc/$one ]]
	wait "$two" # as what it waited for has ended
	run ! signal_ours -TERM "$one"
	run ! is_ours "$two"
	bash -c 'trap "touch ended; exit" TERM; touch ready; while :; do sleep 0.05; done' 3>&- &
	wait_until 300 test -e ready
	end_ours $!
	[[ -e ended ]]
}

@test "what works and rests in turn is seen to live each time" {
	local _
	python3 -c $'import time\nwhile True: time.sleep(0.00005)' 3>&- &
	helpers=($!)
	for _ in {1..200}; do is_ours $!; done
}

@test "what nobody has waited for yet is not alive" {
	sh -c 'sh -c "echo \$\$ >dead.new; mv dead.new dead" & exec cat go' 3>&- >/dev/null &
	wait_until 300 test -e dead
	gone() { ! is_ours "$(<dead)"; }
	wait_until 300 gone
	grep -q '^State:.*Z' "/proc/$(<dead)/status"
}

@test "a wait for what a process was to bring about ends with that process" {
	local slow
	false &
	run ! wait_beside $! 3000 test -e made
	touch made
	wait_beside $! 3000 test -e made
	sleep 1000 3>&- &
	slow=$!
	run ! wait_beside "$slow" 0 test -e never
	end_ours "$slow"
}

# The shell's kill takes any number for a pid. Where a line shows that it is the one that is meant, `# kill: …` says how;
# what is found in the same command, $(…), is. processes.sh ends what it has found by its environment just before.
@test "no test signals a pid that it has kept, but through wait.sh" {
	local root=$BATS_TEST_DIRNAME/../.. bare
	bare=$(cd "$root" && grep -rnIE --exclude='*.[ch]' --exclude='*.md' --exclude=processes.sh \
		"((^|[;&|({!]|(do|then|else) )[[:space:]]*|['\"])(kill|pkill|killall)( +-[A-Za-z0-9]+)* +[\"\\]*\\\$[A-Za-z0-9_{!@*]|(^|[;&|({!])[[:space:]]*(pkill|killall) |os\.killp?g?\(" \
		tests .packages .ci .github Makefile | grep -vE 'kill -0 |# kill: .') || true
	[[ -z $bare ]] || fail_with "use end_ours or signal_ours (tests/wait.sh):" "$bare"
}
