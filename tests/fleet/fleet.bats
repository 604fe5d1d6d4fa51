# History that teams share: pushed to real git remotes by path, ssh and https, and summed up as a fleet. Needs no engine.
# shellcheck disable=SC2154,SC2034

bats_require_minimum_version 1.5.0

setup_file() {
	root=$(realpath "$BATS_TEST_DIRNAME/../..")
	export root RECONCILE=${RECONCILE_BINARY:-$root/build/reconcile}
	RECONCILE=$(realpath "$RECONCILE")
	export COLUMNS=0 LC_ALL=C.UTF-8 GIT_CONFIG_NOSYSTEM=1
	export GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@localhost GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@localhost
	unset RECONCILE_HISTORY BUILDX_CONFIG DOCKER_CONFIG DOCKER_HOST DOCKER_CONTEXT RECONCILE_REMOTE_TOKEN RECONCILE_REMOTE_USER XDG_STATE_HOME XDG_CACHE_HOME GIT_SSL_CAINFO SSL_CERT_FILE
	unset https_proxy HTTPS_PROXY http_proxy HTTP_PROXY all_proxy ALL_PROXY
}
setup() {
	# shellcheck source=../wait.sh
	. "$root/tests/wait.sh"
	cd "$BATS_TEST_TMPDIR" || return
	unset "${!GIT_CONFIG@}"
	export GIT_CONFIG_NOSYSTEM=1 HOME=$PWD/reader
	mkdir -p "$HOME"
	git init -q --bare remote.git
	pids=()
}
teardown() {
	end_ours "${pids[@]}"
}
fail_with() {
	printf '%s\n' "$*" "--- $status" "$output" "---" "${stderr:-}" >&2
	return 1
}
# As a machine of that name, with a home folder of its own; in the place of this shell, where `instead` is exec.
on() { # NAME COMMAND…
	local name=$1
	shift
	mkdir -p "$BATS_TEST_TMPDIR/$name"
	local as_root=()
	[[ $(id -u) -eq 0 ]] || as_root=(--map-root-user)
	HOME=$BATS_TEST_TMPDIR/$name ${instead:-} unshare "${as_root[@]}" --uts sh -c 'hostname "$0" && exec "$@"' "$name" "$@"
}
# A state that needs no engine, with a secret in it.
state() { # [PORT]
	printf 'version: 1\ncontexts:\n  team: {endpoint: "tcp://127.0.0.1:%s"}\n' "${1:-1}" >state.yaml
}
history_of() { echo "$BATS_TEST_TMPDIR/$1"/.local/state/reconcile/*.git; }
refs() { git -C "${1:-remote.git}" for-each-ref --format '%(refname)'; }
tip() { git -C remote.git for-each-ref --format '%(objectname)' "refs/heads/hosts/$1-*"; }
apply_on() { # NAME PORT [OPTION…]
	local name=$1
	state "$2"
	shift 2
	run --separate-stderr on "$name" "$RECONCILE" --apply --yes --no-probe -f state.yaml "$@"
	[[ $status -eq 0 ]] || fail_with "apply on $name"
}
fleet() { run --separate-stderr "$RECONCILE" --fleet "$@"; }

@test "two hosts push by path, and are a fleet" {
	apply_on one 1 --push remote.git
	[[ $stderr == *"Pushed to remote.git, as one-"*": new records, and where this host stands"* ]] || fail_with words
	apply_on two 1
	run --separate-stderr on two "$RECONCILE" --history --push "$PWD/remote.git"
	[[ $status -eq 0 ]] || fail_with push
	[[ $(refs | sed 's/-[0-9a-f]\{12\}$//') == "refs/heads/hosts/one
refs/heads/hosts/two
refs/reconcile/hosts/one
refs/reconcile/hosts/two" ]] || fail_with "$(refs)"
	git -C remote.git fsck --strict
	for host in one two; do
		[[ $(tip $host) == "$(git -C "$(history_of $host)" rev-parse main)" ]] || fail_with "$host"
	done
	fleet remote.git
	[[ $status -eq 0 && $output =~ one\ +none\ .*applied.*apply:\ create\ .*team.*two\ +none.*Fleet:\ 2\ hosts:\ 2\ in\ sync\.$ ]] || fail_with fleet
	fleet "file://$PWD/remote.git" --format json
	[[ $(jq -c '[.hosts[] | [.host, .drift, .status, .serial, .held, .silent]], .summary.in_sync' <<<"$output") == '[["one","none","applied",1,false,false],["two","none","applied",1,false,false]]
2' ]] || fail_with json
	fleet remote.git --format markdown
	[[ $output == *"| one | none |"* ]] || fail_with markdown
	run --separate-stderr on one "$RECONCILE" --history --push remote.git
	[[ $status -eq 0 && $stderr == *"the records were there"* ]] || fail_with again
}

@test "two machines of one name, and two stores of one machine, are told apart" {
	apply_on one 1 --push remote.git
	mv one first
	apply_on one 2 --push remote.git
	RECONCILE_HISTORY=$(history_of one) BUILDX_CONFIG=$PWD/other apply_on one 2
	RECONCILE_HISTORY=$(history_of one) BUILDX_CONFIG=$PWD/other run --separate-stderr on one "$RECONCILE" --check --no-probe -f state.yaml --push remote.git
	[[ $status -eq 0 ]] || fail_with "another store"
	[[ $(refs | grep -c refs/heads) -eq 3 ]] || fail_with "$(refs)"
	fleet remote.git
	[[ $(grep -cE '^one-[0-9a-f]{12} ' <<<"$output") -eq 3 ]] || fail_with fleet
}

@test "a check tells of drift, and a rollback of what it holds" {
	apply_on one 1 --push remote.git
	apply_on one 2
	state 3
	run --separate-stderr on one "$RECONCILE" --check --no-probe -f state.yaml --push remote.git
	[[ $status -eq 2 ]] || fail_with check
	fleet remote.git --format json --detailed-exitcode
	[[ $status -eq 2 && $(jq -c '.hosts[0] | [.drift, .changes, .serial, .concern]' <<<"$output") == '["some",1,2,"drifted"]' ]] || fail_with drift
	run --separate-stderr on one "$RECONCILE" --rollback --yes --no-probe --push remote.git
	[[ $status -eq 0 ]] || fail_with rollback
	fleet remote.git --format json
	[[ $(jq -c '.hosts[0] | [.held, .concern, .serial]' <<<"$output") == '[true,"held",3]' ]] || fail_with held
	printf 'version: 1\nbuilders: [\n' >state.yaml
	run --separate-stderr on one "$RECONCILE" --check --no-probe -f state.yaml --push remote.git
	[[ $status -eq 65 ]] || fail_with invalid
	fleet remote.git --format json
	[[ $(jq -c '.hosts[0] | [.drift, .unknown]' <<<"$output") == '["unknown","its state file is invalid"]' ]] || fail_with unknown
	fleet remote.git --format json --silent-after 0s
	jq -e '.hosts[0].host == "one"' <<<"$output" || fail_with silent
}

@test "what is private stays here" {
	mkdir -p one/.docker/buildx/instances
	printf '{"Name":"hand","Driver":"remote","Nodes":[{"Name":"hand0","Endpoint":"tcp://127.0.0.1:1","DriverOpts":{"env.TOKEN":"xyzzy-plugh-secret"}}]}' >one/.docker/buildx/instances/hand
	printf 'version: 1\nbuilders:\n  hand: {state: absent}\ncontexts:\n  team: {endpoint: "tcp://127.0.0.1:1"}\n' >state.yaml
	run --separate-stderr on one "$RECONCILE" --apply --yes --no-probe -f state.yaml --push remote.git
	[[ -n $(tip one) ]] || fail_with "nothing was pushed"
	local here
	here=$(history_of one)
	# The control: the secret is in the history, below its private refs.
	git -C "$here" cat-file --batch-all-objects --batch | grep -aq xyzzy-plugh-secret || fail_with "no secret here"
	# A run that died left a pending ref, and a journal.
	local tree
	tree=$(printf '100644 blob %s\tplan.json\n' "$(echo pending | git -C "$here" hash-object -w --stdin)" | git -C "$here" mktree)
	git -C "$here" update-ref refs/reconcile/pending/0123abcd "$(git -C "$here" commit-tree -m 'pending only' "$tree")"
	printf '{}\n' >"$here/reconcile.journal"
	run --separate-stderr on one "$RECONCILE" --history --push remote.git
	[[ $status -eq 0 ]] || fail_with push
	git -C remote.git cat-file --batch-all-objects --batch-check='%(objectname)' | sort >there
	git -C "$here" rev-list --objects main | cut -d' ' -f1 | sort >records
	git -C "$here" rev-list --objects --glob='refs/reconcile/*' --not main | cut -d' ' -f1 | sort >private
	[[ $(wc -l <private) -ge 4 ]] || fail_with "$(<private)"
	[[ -z $(comm -12 there private) ]] || fail_with "private objects travelled: $(comm -12 there private)"
	# The records, the empty tree, and one summary for each push.
	[[ $(comm -23 there records | wc -l) -le 3 ]] || fail_with "$(comm -23 there records)"
	! git -C remote.git cat-file --batch-all-objects --batch | grep -aq xyzzy-plugh-secret || fail_with "a secret travelled"
	! git -C remote.git ls-tree -r --name-only "$(tip one)" | grep -q 'reconcile\.\|manifest\|store/' || fail_with "$(git -C remote.git ls-tree -r "$(tip one)")"
	! git -C remote.git cat-file --batch-all-objects --batch | grep -aqF "$(head -c 16 "$here/reconcile.key" | tr -d '\0\n')" || fail_with "the key travelled"
}

@test "records of somebody else are never written over" {
	apply_on one 1 --push remote.git
	local branch old before
	branch=$(refs | grep refs/heads) old=$(tip one)
	before=$(git -C "$(history_of one)" for-each-ref)
	git -C remote.git update-ref "$branch" "$(git -C remote.git commit-tree -m "of a copy" -p "$old" "$old^{tree}")"
	apply_on one 2
	run --separate-stderr on one "$RECONCILE" --history --push "$PWD/remote.git"
	[[ $status -eq 5 && $stderr == *"has records in hosts/one-"*"that this history does not have"*"the history here is as it was"* ]] || fail_with refused
	[[ $(git -C "$(history_of one)" for-each-ref refs/reconcile/private | wc -l) -eq 2 ]] || fail_with "the history"
	[[ $(tip one) != "$(git -C "$(history_of one)" rev-parse main)" ]] || fail_with "written over"
	# What it says to do does it.
	local next
	next=$(grep -o 'git push .*' <<<"$stderr")
	git -C remote.git $(sed "s#^git ##" <<<"$next")
	run --separate-stderr on one "$RECONCILE" --history --push "$PWD/remote.git"
	[[ $status -eq 0 && $(tip one | wc -l) -eq 2 ]] || fail_with "then"
}

@test "what a remote refuses is told in its words, and what it lacks" {
	apply_on one 1
	printf '#!/bin/sh\necho "Only on Mondays" >&2\nexit 1\n' >remote.git/hooks/pre-receive
	chmod +x remote.git/hooks/pre-receive
	run --separate-stderr on one "$RECONCILE" --history --push remote.git
	[[ $status -eq 5 && $stderr == *"it does not take refs/heads/hosts/one-"*"pre-receive hook declined"*"the history here is as it was"*"Only on Mondays"* ]] || fail_with hook
	[[ -z $(refs) ]] || fail_with "$(refs)"
	run --separate-stderr on one "$RECONCILE" --history --push nowhere.git
	[[ $status -eq 8 && $stderr == *"nowhere.git"*"does not appear to be a git repository"*"git init --bare"* ]] || fail_with nowhere
	fleet nowhere.git
	[[ $status -eq 8 ]] || fail_with fleet
	mkdir empty
	ln -s "$(command -v sh)" empty/sh
	run --separate-stderr env PATH="$PWD/empty" "$RECONCILE" --fleet remote.git
	[[ $status -ne 0 && $stderr == *"git"*"not on PATH"* ]] || fail_with "no git"
	# An apply that did its work says so, and that it was not told to anybody.
	state 2
	run --separate-stderr on one "$RECONCILE" --apply --yes --no-probe -f state.yaml --push nowhere.git
	[[ $status -eq 8 && $output == *"Apply complete"* && $stderr == *"cannot reach the remote nowhere.git"* ]] || fail_with apply
}

@test "an address that would give a secret away is refused, and not repeated" {
	local address
	for address in https://me:hunter2@git.example.com/x.git https://hunter2@git.example.com/x.git ssh://me:hunter2@git.example.com/x http://git.example.com/hunter2 \
		git://git.example.com/hunter2 "ext::sh -c hunter2" --upload-pack=hunter2 ssh://-oProxyCommand=hunter2/x "-x:hunter2" https://git.example.com \
		https://git.example.com/ ssh://host $'https://git.example.com/\x1b[2J' foo://hunter2/x "git.example.com:"; do
		run --separate-stderr "$RECONCILE" --fleet "--" "$address"
		[[ $status -eq 64 ]] || fail_with "$address"
		[[ $output$stderr != *hunter2* ]] || fail_with "$address is repeated"
	done
	run --separate-stderr "$RECONCILE" --fleet
	[[ $status -eq 64 && $stderr == *"wants the git remote"* ]] || fail_with none
	run --separate-stderr "$RECONCILE" --check --push remote.git --only ci
	[[ $status -eq 64 && $stderr == *"--only looks at something else"* ]] || fail_with only
}

@test "a push that is killed leaves both sides well, and the next completes it" {
	apply_on one 1
	mkfifo go
	printf '#!/bin/sh\necho begun >"%s"\nread -r _ <"%s"\n' "$PWD/begun" "$PWD/go" >remote.git/hooks/pre-receive
	chmod +x remote.git/hooks/pre-receive
	instead=exec on one "$RECONCILE" --history --push remote.git 3>&- &
	local pushing=$!
	wait_beside "$pushing" 600 test -s begun
	end_ours -KILL "$pushing"
	: 1<>go # and the hook reads that nothing more will come
	rm remote.git/hooks/pre-receive
	git -C "$(history_of one)" fsck --strict
	git -C remote.git fsck --strict
	[[ -z $(refs) ]] || fail_with "$(refs)"
	run --separate-stderr on one "$RECONCILE" --history --push remote.git
	[[ $status -eq 0 && $(tip one) == "$(git -C "$(history_of one)" rev-parse main)" ]] || fail_with "again"
	fleet remote.git
	[[ $output == *"1 in sync"* ]] || fail_with fleet
}

@test "by ssh, with its own words" {
	[[ -x /usr/sbin/sshd ]] || skip "no sshd here"
	[[ $(id -u) == 0 ]] || skip "sshd wants root"
	mkdir -p ssh bin /run/sshd
	chmod 711 .
	local key port real
	for key in host me other; do ssh-keygen -q -t ed25519 -N '' -f "ssh/$key"; done
	port=$(free_port)
	printf '%s\n' "Port $port" 'ListenAddress 127.0.0.1' "HostKey $PWD/ssh/host" 'PidFile none' "AuthorizedKeysFile $PWD/ssh/me.pub" \
		'StrictModes no' 'UsePAM no' 'PermitRootLogin yes' >ssh/config
	/usr/sbin/sshd -D -f ssh/config 2>ssh/log 3>&- &
	pids+=($!)
	connects() { (exec 9<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }
	wait_until 300 connects
	real=$(command -v ssh)
	with_key() {
		printf '#!/bin/sh\nexec %s -F none -o IdentitiesOnly=yes -o IdentityFile=%s -o UserKnownHostsFile=%s "$@"\n' "$real" "$PWD/ssh/$1" "$PWD/ssh/known" >bin/ssh
		chmod +x bin/ssh
	}
	export PATH=$PWD/bin:$PATH
	printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d' ' -f1,2 ssh/host.pub)" >ssh/known
	with_key me
	local url=ssh://root@127.0.0.1:$port$PWD/remote.git
	apply_on one 1 --push "$url"
	[[ $stderr == *"Pushed to $url"* && -n $(tip one) ]] || fail_with push
	mkdir "it's a place"
	git init -q --bare "it's a place/x.git"
	run --separate-stderr on one "$RECONCILE" --history --push "ssh://root@127.0.0.1:$port$PWD/it's a place/x.git"
	[[ $status -eq 0 && $(refs "it's a place/x.git" | wc -l) -eq 2 ]] || fail_with "quoted"
	fleet "$url"
	[[ $status -eq 0 && $output == *"Fleet: 1 host: 1 in sync."* ]] || fail_with fleet
	fleet "ssh://root@127.0.0.1:$port/nowhere.git"
	[[ $status -eq 8 && $stderr == *"ssh: "*"does not appear to be a git repository"* ]] || fail_with nowhere
	with_key other
	fleet "$url"
	[[ $status -eq 8 && $stderr == *"Permission denied (publickey"*"ssh-add"* ]] || fail_with "another key"
	with_key me
	: >ssh/known
	fleet "$url"
	[[ $status -eq 8 && $stderr == *"Host key verification failed"* ]] || fail_with "unknown host"
	fleet ssh://root@127.0.0.1:1/x.git
	[[ $status -eq 8 && $stderr == *"Connection refused"* ]] || fail_with refused
}

@test "by https, with a token or git's credential helper" {
	# shellcheck source=../certificates.sh
	. "$root/tests/certificates.sh"
	authority ca 2 IP:127.0.0.1,DNS:localhost
	python3 "$root/tests/fleet/https.py" "$PWD" ca-both.pem s3cret-t0ken >port 3>&- &
	pids+=($!)
	wait_until 300 test -s port
	local url
	url=https://localhost:$(<port)/remote.git
	export SSL_CERT_FILE=$PWD/ca.pem
	apply_on one 1
	run --separate-stderr on one env RECONCILE_REMOTE_TOKEN=s3cret-t0ken "$RECONCILE" --history --push "$url"
	[[ $status -eq 0 && -n $(tip one) ]] || fail_with push
	git -C remote.git fsck --strict
	RECONCILE_REMOTE_TOKEN=s3cret-t0ken fleet "$url"
	[[ $status -eq 0 && $output == *"Fleet: 1 host: 1 in sync."* ]] || fail_with fleet
	RECONCILE_REMOTE_TOKEN=wr0ng fleet "$url"
	[[ $status -eq 8 && $stderr == *"$url"*"does not take the token"* && $output$stderr != *wr0ng* ]] || fail_with "wrong token"
	fleet "$url"
	[[ $status -eq 8 && $stderr == *"nothing here says"*"RECONCILE_REMOTE_TOKEN"* ]] || fail_with "no token"
	printf 'https://somebody:s3cret-t0ken@localhost:%s\n' "$(<port)" >reader/.git-credentials
	git config --global credential.helper store
	fleet "$url"
	[[ $status -eq 0 && $output == *"1 in sync"* && $output$stderr != *s3cret* ]] || fail_with helper
	fleet "https://localhost:$(<port)/nowhere.git"
	[[ $status -eq 8 && $stderr == *404* ]] || fail_with nowhere
	fleet "https://localhost:$(<port)/moved/remote.git"
	[[ $status -eq 0 && $output == *"1 in sync"* ]] || fail_with moved
	fleet "https://localhost:$(<port)/away/remote.git"
	[[ $status -eq 8 && $stderr == *"redirect from 'localhost'"* && $output$stderr != *s3cret* ]] || fail_with away
	SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt fleet "$url"
	[[ $status -eq 8 && $stderr == *certificate* ]] || fail_with "unknown authority"
	fleet https://127.0.0.1:1/x.git
	[[ $status -eq 8 && $stderr == *"Connection refused"* ]] || fail_with refused
}

@test "a remote that means no good hides nobody, steers nothing, and ends" {
	mkdir bin
	export PATH=$PWD/bin:$PATH
	hostile() { # KIND
		printf '#!/bin/sh\nexec python3 %s %s\n' "$root/tests/fleet/hostile.py" "$1" >bin/ssh
		chmod +x bin/ssh
		rm -rf reader/.cache
		# Of addresses, which a sanitizer has without bound; a run takes a small part of it.
		run --separate-stderr timeout 1200 bash -c 'case $1 in */sanitize/*) ;; *) ulimit -v 1500000 ;; esac; exec "$@"' - "${2:-$RECONCILE}" --fleet ssh://host/x.git --format json
		[[ $output$stderr != *$'\x1b'* && $output$stderr != *$'\x07'* ]] || fail_with "$1 steers the terminal"
		[[ $status -lt 124 ]] || fail_with "$1 does not end well"
	}
	hostile hosts-of-all-kinds
	[[ $status -eq 0 ]] || fail_with "of all kinds"
	[[ $(jq -c '[.hosts[] | select(.unreadable == null) | .name]' <<<"$output") == '["good","steering","times"]' ]] || fail_with readable
	[[ $(jq -c '.hosts[] | select(.name == "good") | [.host, .drift]' <<<"$output") == '["good","none"]' ]] || fail_with good
	[[ $(jq -c '[.hosts[] | select(.unreadable != null)] | length' <<<"$output") -ge 9 ]] || fail_with unreadable
	local kind
	for kind in garbage login nothing endless refs hosts no-pack cut-pack lying-count many-objects bomb bombs self-delta; do
		hostile "$kind"
		[[ $status -ne 0 && $stderr == *"the remote ssh://host/x.git: "* ]] || fail_with "$kind"
	done
	hostile login
	[[ $stderr == *"in front of the answer came: Welcome to this machine"*"must print nothing"* ]] || fail_with login
	for kind in bomb bombs endless; do
		hostile "$kind" "$root/build/reconcile"
		[[ $status -ne 0 && $stderr == *"the remote ssh://host/x.git: "* ]] || fail_with "$kind, with bounds"
	done
	hostile delta-bomb
	[[ $status -ne 0 || $(jq -c '.hosts | length' <<<"$output") -eq 1 ]] || fail_with delta-bomb
}

@test "a thousand hosts at once" {
	local began middle end
	python3 "$root/tests/fleet/many.py" 1000 "$(date +%s)" | git -C remote.git fast-import --quiet
	began=$(date +%s%N)
	fleet remote.git --format json
	middle=$(date +%s%N)
	[[ $status -eq 0 ]] || fail_with fleet
	[[ $(jq -c '.summary' <<<"$output") == '{"unreadable":50,"drifted":50,"held":50,"not_applied":50,"silent":50,"unknown":0,"in_sync":750}' ]] || fail_with "$(jq -c .summary <<<"$output")"
	first=$output
	fleet remote.git --format json
	end=$(date +%s%N)
	[[ $output == "$first" ]] || fail_with again
	echo "# 1000 hosts: $(((middle - began) / 1000000)) ms, and again $(((end - middle) / 1000000)) ms" >&3
	# What was kept is asked for no more; damaged, it is asked for again.
	git -C remote.git for-each-ref --format='delete %(refname)' refs/reconcile/hosts | sed 900q | git -C remote.git update-ref --stdin
	for file in reader/.cache/reconcile/*/reconcile.fleet; do printf '99999999\nx' >"$file"; done
	fleet remote.git --format json
	[[ $(jq '[.hosts[] | select(.unreadable // "" | startswith("no summary"))] | length' <<<"$output") -eq 900 ]] || fail_with "without summaries"
	# Nowhere to keep it is no reason to fail.
	HOME=/proc/nowhere XDG_CACHE_HOME=/proc/nowhere TMPDIR=$PWD fleet remote.git -q
	[[ $status -eq 0 && -z $(echo reconcile-fleet-*/) || $(echo reconcile-fleet-*) == 'reconcile-fleet-*' ]] || fail_with "$(echo reconcile-fleet-*)"
}
