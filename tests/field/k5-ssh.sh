#!/usr/bin/env bash
# docker/cli#3019, #1449: a shell there prints, its docker is too old, a key has changed; and a banner is what is told
# Right: ssh's, the shell's or docker's own decisive words, with what to do, whatever the banner says; a changed host key
# is none that is unknown; what hangs is a deadline, and no sickness; exit 8 and nothing written
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/lib.sh" "$@"
need_engine
[[ -x /usr/sbin/sshd ]] || skip "no sshd here"
[[ $(id -u) == 0 ]] || skip "sshd wants root"
mkdir -p ssh bin /run/sshd
chmod 711 . # sshd reads the keys as each user
for key in host me other; do ssh-keygen -q -t ed25519 -N '' -f "ssh/$key"; done
printf 'Authorised use only. Permission denied (to strangers); Connection refused; docker: not found\n' >ssh/banner
echo 'eval "$SSH_ORIGINAL_COMMAND"' >ssh/command
port=$(free_port)
cat >ssh/config <<-C
	Port $port
	ListenAddress 127.0.0.1
	HostKey $work/ssh/host
	PidFile none
	AuthorizedKeysFile $work/ssh/me.pub
	StrictModes no
	UsePAM no
	PermitRootLogin yes
	Banner $work/ssh/banner
	ForceCommand env PATH=$PATH DOCKER_HOST=$DOCKER_HOST sh $work/ssh/command
C
/usr/sbin/sshd -D -f ssh/config 2>ssh/log &
helpers+=($!)
connects() { (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }
wait_until 300 connects
knows() { printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d' ' -f1,2 "ssh/$1.pub")" >ssh/known; }
ssh_of() { # KEY: the ssh that the program finds
	printf '#!/bin/sh\nexec %s -F none -o IdentitiesOnly=yes -o IdentityFile=%s -o UserKnownHostsFile=%s "$@"\n' "$real" "$work/ssh/$1" "$work/ssh/known" >bin/ssh
	chmod +x bin/ssh
}
real=$(command -v ssh)
export PATH=$work/bin:$PATH
knows host
ssh_of me
rows=0
told() { # ENDPOINT WORDS MEND [OPTION…]
	local endpoint=$1 words=$2 mend=$3
	shift 3
	printf 'version: 1\nbuilders:\n  %s: {endpoint: "%s"}\n' "$B" "$endpoint" >state.yaml
	run --plan -f state.yaml --format json "$@"
	grep -qE -- "engine $endpoint: (ssh: )?($words)" out || wrong "not \"$words\": $(jq -c '.unknown' out 2>/dev/null || head -c 800 out)"
	grep -qE -- "$mend" out || wrong "\"$words\", and no \"$mend\": $(jq -c '[.faults[].mend]' out)"
	lacks 'Authorised' out
	[[ ! -e $BUILDX_CONFIG/instances/$B ]] || wrong "something was written"
	rows=$((rows + 1))
}
there() { printf '%s\n' "$1" >ssh/command; }
url=ssh://root@127.0.0.1:$port
there 'eval "$SSH_ORIGINAL_COMMAND"'
printf 'version: 1\nbuilders:\n  %s: {endpoint: "%s"}\n' "$B" "$url" >state.yaml
run --check -f state.yaml
[[ $code == 2 ]] || wrong "exit $code: $(<out)"
has "\\+ builder.$B" out

ssh_of other
told "$url" 'root@127.0.0.1: Permission denied \(publickey' 'ssh-add'
ssh_of me
knows other
told "$url" 'WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!' "ssh-keygen -R '\\[127.0.0.1\\]:$port'"
: >ssh/known
told "$url" 'Host key verification failed' "connect once by hand \\(ssh -p $port root@127.0.0.1\\)"
knows host
told "ssh://daemon@127.0.0.1:$port" 'This account is currently not available' 'a shell that runs commands'
told "ssh://root@nosuch.invalid" 'Could not resolve hostname nosuch.invalid' 'DNS'
told "ssh://root@127.0.0.1:1" 'connect to host 127.0.0.1 port 1: Connection refused' 'is sshd running'
there 'echo "Welcome to this machine"; eval "$SSH_ORIGINAL_COMMAND"'
told "$url" 'in front of the answer came: Welcome to this machine' "ssh -p $port root@127.0.0.1 true"
there 'echo "some warning of a shell" >&2; exec sleep 1000'
told "$url" 'timed out after 1 s' "root@127.0.0.1 docker version" --timeout 1
there 'PATH=/nowhere; eval "$SSH_ORIGINAL_COMMAND"'
told "$url" '.*docker: not found' 'install docker there'
there 'exit 127'
told "$url" 'docker is not found there' 'install docker there'
there 'exec docker system dial-stdiox'
told "$url" 'docker: unknown command: docker system dial-stdiox|Usage: +docker system COMMAND' '18.09'
there 'DOCKER_HOST=unix:///nowhere/docker.sock; eval "$SSH_ORIGINAL_COMMAND"'
told "$url" 'failed to open the raw stream connection: dial unix /nowhere/docker.sock' 'is the Docker Engine running there'
there 'kill -9 $PPID' # kill: what waits for it
told "$url" 'Connection to 127.0.0.1 closed by remote host' 'its log'
there 'exit 3'
told "$url" 'it ended without a word, with exit status 3' ''
[[ $rows == 14 ]] || wrong "$rows rows"

# What hangs is a deadline that passed: nothing is mended, and nothing made.
there 'exec sleep 1000'
printf 'version: 1\nbuilders:\n  %s: {endpoint: "%s"}\n' "$B" "$url" >state.yaml
run --apply --yes --timeout 1 -f state.yaml
[[ $code == 8 ]] || wrong "exit $code: $(<out)"
