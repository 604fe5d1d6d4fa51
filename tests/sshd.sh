# An sshd on 127.0.0.1 for tests of ssh endpoints, and an ssh that knows it. Sourced, after wait.sh.
# shellcheck shell=bash

# sshd_make FOLDER PORT COMMAND: keys and configuration for an sshd whose every session is COMMAND, and FOLDER/bin/ssh for its clients.
sshd_make() {
	local folder=$1
	mkdir -p "$folder/bin" /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$folder/host"
	ssh-keygen -q -t ed25519 -N '' -f "$folder/me"
	cp "$folder/me.pub" "$folder/authorized"
	chmod 700 "$folder"
	chmod 600 "$folder/authorized"
	cat >"$folder/sshd_config" <<-C
		Port $2
		ListenAddress 127.0.0.1
		HostKey $folder/host
		PidFile $folder/pid
		AuthorizedKeysFile $folder/authorized
		StrictModes no
		UsePAM no
		PermitRootLogin yes
		MaxStartups 100
		ForceCommand $3
	C
	printf '[127.0.0.1]:%s %s\n' "$2" "$(cut -d' ' -f1,2 "$folder/host.pub")" >"$folder/known"
	printf '#!/bin/sh\nexec %s -o IdentityFile=%s -o UserKnownHostsFile=%s "$@"\n' "$(command -v ssh)" "$folder/me" "$folder/known" >"$folder/bin/ssh"
	chmod +x "$folder/bin/ssh"
}
