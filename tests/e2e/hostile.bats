#!/usr/bin/env bats
# Names, paths and answers that mean harm: in the store, the Docker configuration, the Engine's answers, the history and
# saved plans. Nothing outside is read, written or run, nothing hangs, and no control byte reaches the terminal.
load lib
setup() { common_setup; }
teardown() {
	end_ours -KILL "${server:-}"
	common_teardown
}
inactive() { state <<<"{version: 1, builders: {$B: {bootstrap: false}}}"; }
# Runs reconcile, whatever its code but a crash or a hang; what it prints must be plain text.
plain() {
	local code=0
	timeout 3000 "$reconcile" "$@" >printed 2>&1 </dev/null || code=$?
	[[ $code -lt 124 ]] || fail_with "$* ended with $code" "$(tail -5 printed)"
	# C0 without newline and tab, DEL, C1 in UTF-8, bidirectional controls.
	if LC_ALL=C grep -qaP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]' printed; then
		fail_with "a control byte in what $* printed:" "$(cat -v printed | head -20)"
	fi
	echo "$code" >code
}
looks() { # every mode that looks, in every format
	local format
	for format in text json markdown github gitlab; do
		plain --plan -v --no-probe -f state.yaml --format "$format"
		plain --doctor --no-probe --format "$format"
	done
	plain --status --no-probe -f state.yaml
	plain --snapshot --no-probe
	plain --import --no-probe
	plain --plan -f state.yaml --no-probe -o saved.json
	[[ ! -e saved.json ]] || plain --show saved.json
	plain --history
}
evil=$'x\e]0;owned\a\e[2J\u202e\u009b31m'

@test "names and texts of the store that steer a terminal are shown as text" {
	inactive
	mkdir -p "$BUILDX_CONFIG"/{instances,activity,defaults}
	: >"$BUILDX_CONFIG/instances/$evil"
	: >"$BUILDX_CONFIG/instances/"$'two\nlines'
	: >"$BUILDX_CONFIG/instances/"$'\xff\xfe'
	python3 - "$BUILDX_CONFIG" "$DOCKER_CONFIG" "$evil" "$B" <<-'P'
		import hashlib, json, os, sys
		store, config, evil, name = sys.argv[1:]
		def instance(file, **more):
		    node = {"Name": evil, "Endpoint": evil, "Platforms": None, "DriverOpts": {evil: evil}, "Flags": [evil], "Files": {"../../../x" + evil: "eA=="}}
		    json.dump({"Name": file, "Driver": "docker-container", "Nodes": [node], "Dynamic": False} | more, open(f"{store}/instances/{file}", "w"))
		instance("evil-node")
		instance("evil-driver", Driver=evil)
		instance("evil-name", Name="../../" + evil)
		instance(name)
		json.dump({"Key": evil, "Name": evil, "Global": True}, open(f"{store}/current", "w"))
		open(f"{store}/activity/evil-node", "w").write(evil)
		for context in [evil, "evil"]:
		    folder = f"{config}/contexts/meta/" + hashlib.sha256(context.encode()).hexdigest()
		    os.makedirs(folder)
		    json.dump({"Name": context, "Metadata": {"Description": evil}, "Endpoints": {"docker": {"Host": "tcp://" + evil}}}, open(folder + "/meta.json", "w"))
		json.dump({"currentContext": evil}, open(f"{config}/config.json", "w"))
	P
	looks
	rm "$DOCKER_CONFIG/config.json"
	plain --apply --yes --no-probe -f state.yaml
	looks
	plain --rollback --yes --no-probe
}

@test "links out of the store are followed by nobody: what they lead to stays" {
	inactive
	mkdir -p "$BUILDX_CONFIG"/{instances,activity} outside/{instances,refs,defaults}
	echo precious >outside/file
	cp outside/file outside/instances/$B
	local part
	ln -s "$PWD/outside/file" "$BUILDX_CONFIG/instances/$B"
	ln -s "$PWD/outside/file" "$BUILDX_CONFIG/current"
	ln -s "$PWD/outside/file" "$BUILDX_CONFIG/activity/$B"
	ln -s /etc/passwd "$BUILDX_CONFIG/instances/passwd"
	looks
	run -1 grep -q "root:x" printed
	plain --apply --yes --no-probe -f state.yaml
	[[ $(<outside/file) == precious ]]
	for part in instances refs defaults activity; do
		rm -rf "${BUILDX_CONFIG:?}/$part"
		ln -s "$PWD/outside/$part" "$BUILDX_CONFIG/$part"
		mkdir -p "outside/$part"
	done
	looks
	plain --apply --yes --no-probe -f state.yaml
	[[ $(<code) != 0 && $(<outside/instances/$B) == precious && -z $(find outside/activity outside/defaults outside/refs -type f) ]] ||
		fail_with "exit $(<code)" "$(find outside -ls)" "$(<printed)"
}

@test "files without measure: a hundred megabytes, a thousand levels, thousands of pieces of junk" {
	inactive
	mkdir -p "$BUILDX_CONFIG/instances"
	truncate -s 100M "$BUILDX_CONFIG/instances/huge"
	python3 -c 'print("[" * 100000)' >"$BUILDX_CONFIG/instances/deep"
	python3 -c 'print("{\"Name\":" * 1000 + "1" + "}" * 1000)' >"$BUILDX_CONFIG/current"
	python3 - "$BUILDX_CONFIG/instances" <<-'P'
		import sys
		for n in range(3000):
		    open(f"{sys.argv[1]}/.junk-{n}", "w").close()
	P
	mkfifo "$BUILDX_CONFIG/instances/fifo"
	looks
	grep -q instance-too-large <("$reconcile" --doctor --no-probe --format json)
	plain --apply --yes --no-probe -f state.yaml
	[[ -e $BUILDX_CONFIG/instances/huge ]]
}

serve() { # the kind of answer: an Engine on a Unix socket that means harm
	cat >engine.py <<-'P'
		import json, os, socket, sys, threading
		kind, evil = sys.argv[1:]
		name = "/buildx_buildkit_" + evil
		bodies = {
		    "deep": b"[" * 1000000,
		    "escapes": json.dumps([{"Id": evil, "Names": [name], "Image": evil, "State": evil, "Status": evil, "message": evil}]).encode(),
		    "message": None,
		}
		def answer(peer):
		    try:
		        while True:
		            request = b""
		            while b"\r\n\r\n" not in request:
		                piece = peer.recv(65536)
		                if not piece:
		                    return
		                request += piece
		            if kind == "endless":
		                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
		                while True:
		                    peer.sendall(b'{"Id":"' + b"a" * 60000 + b'"},')
		            if kind == "headers":
		                peer.sendall(b"HTTP/1.1 200 OK\r\n")
		                while True:
		                    peer.sendall(b"X-" + b"a" * 60000 + b": b\r\n")
		            status, body = b"200 OK", bodies.get(kind)
		            if kind == "message":
		                status, body = b"500 " + evil.encode(), json.dumps({"message": evil}).encode()
		            peer.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
		    except OSError:
		        pass
		listener = socket.socket(socket.AF_UNIX)
		listener.bind("engine.sock.new")
		listener.listen(64)
		os.rename("engine.sock.new", "engine.sock") # who finds it finds it listening
		while True:
		    peer, _ = listener.accept()
		    threading.Thread(target=answer, args=(peer,), daemon=True).start()
	P
	rm -f engine.sock
	python3 engine.py "$1" "$evil" >/dev/null 2>&1 3>&- &
	server=$!
	wait_beside "$server" 300 test -S engine.sock
}

@test "an Engine whose answers are endless, deep, or steer a terminal" {
	local kind
	state <<<"{version: 1, builders: {$B: {nodes: {${B}0: {endpoint: \"unix://$PWD/engine.sock\"}}}}}"
	for kind in endless headers deep escapes message; do
		serve "$kind"
		plain --plan -v --timeout 5 -f state.yaml
		[[ $(<code) != 0 || $kind == escapes ]] || fail_with "$kind: exit 0" "$(<printed)"
		plain --apply --yes --timeout 5 -f state.yaml
		[[ $(<code) != 0 ]] || fail_with "$kind: applied" "$(<printed)"
		plain --doctor --timeout 5 -f state.yaml
		end_ours -KILL "$server"
	done
}

# Changes the newest record: its manifest of raw files, or its plan.
forge() { # python code that changes `plan`, `manifest` and `message`
	python3 - "$RECONCILE_HISTORY" "$1" <<-'P'
		import json, subprocess, sys
		folder, code = sys.argv[1:]
		def git(*words, data=None):
		    return subprocess.run(["git", "--git-dir=" + folder, "-c", "user.name=e", "-c", "user.email=e@e", *words], input=data, check=True, capture_output=True).stdout
		def commit(old, changes, message, parents):
		    tree = dict()
		    lines = git("ls-tree", "-z", old + "^{tree}").split(b"\0")
		    entries = {line.split(b"\t")[1]: line for line in lines if line}
		    for name, text in changes.items():
		        blob = git("hash-object", "-w", "--stdin", data=text.encode("utf-8", "surrogateescape")).strip()
		        entries[name.encode()] = b"100644 blob " + blob + b"\t" + name.encode()
		    new = git("mktree", "-z", data=b"\0".join(entries.values()) + b"\0").decode().strip()
		    return git("commit-tree", new, *sum((["-p", p] for p in parents), []), data=message.encode()).decode().strip()
		message = git("log", "-1", "--format=%B", "main").decode()
		ref = [line.split(": ", 1)[1] for line in message.splitlines() if line.startswith("Private-Ref: ")][0]
		plan = json.loads(git("show", "main:plan.json"))
		live = json.loads(git("show", "main:live.json"))
		name = [line for line in git("ls-tree", "--name-only", ref).decode().splitlines() if line.endswith(".json")][0]
		manifest = json.loads(git("show", ref + ":" + name))
		exec(code)
		git("update-ref", ref, commit(ref, {name: json.dumps(manifest)}, git("log", "-1", "--format=%B", ref).decode(), []))
		old = git("rev-parse", "main").decode().strip()
		git("update-ref", "refs/heads/main", commit(old, {"plan.json": json.dumps(plan), "live.json": json.dumps(live), "report.md": evil if "evil" in globals() else "x"}, message, [old]))
	P
}

@test "a history that was tampered with leads nowhere, and what it says is shown as text" {
	inactive
	apply
	state <<<"{version: 1, builders: {$B: {bootstrap: false, driver-opts: {memory: 512m}}}}"
	apply
	local forged
	cp -a "$RECONCILE_HISTORY" genuine.git
	forge "pass"
	plain --rollback --yes --no-probe
	[[ $(<code) == 0 ]] || fail_with "$(<printed)" # forging alone does not break it
	for forged in \
		'[file.update(path="../../outside") for file in manifest["files"]]' \
		'[file.update(path="'"$BATS_TEST_TMPDIR"'/outside-" + "x") for file in manifest["files"]]' \
		'[file.update(blob="../../../../etc/passwd") for file in manifest["files"]]' \
		'[file.update(exists=True, readable=True, blob=None) for file in manifest["files"]]' \
		'plan["resource_changes"][0].update(name="../../../outside", address="builder.../../../outside")' \
		'plan["resource_changes"][0]["steps"] = [{"kind": "write-file", "path": "../../outside"}, {"kind": "remove-container", "name": "../x", "endpoint": "unix:///x"}]' \
		'plan["resource_changes"][0].update(type="file", name="../../state.yaml")' \
		'plan["resource_changes"] = [[[[]]]]' \
		'manifest["files"] = {"a": 1}' \
		'evil = "\x1b]0;x\x07\x9b\u202e"; message = "apply: " + evil + "\n\n" + message.split("\n\n", 1)[1]; plan["subject"] = evil; plan["resource_changes"][0].update(action_reason=evil, name=evil, address=evil)'; do
		rm -rf "$RECONCILE_HISTORY"
		cp -a genuine.git "$RECONCILE_HISTORY"
		forge "$forged"
		plain --history
		plain --history --format json
		plain --show
		plain --show --format json
		plain --show --format markdown
		plain --rollback --yes --no-probe
		plain --rollback HEAD~1 --yes --no-probe
		[[ ! -e outside && ! -e $BATS_TEST_TMPDIR/../outside && ! -e $BATS_TEST_TMPDIR/outside-x && -e state.yaml ]]
		run -1 grep -rq "root:x" "$BUILDX_CONFIG"
	done
}

@test "a history that is a link, or brings hooks, alternates and configuration of its own" {
	inactive
	apply
	mkdir elsewhere
	for hook in post-commit reference-transaction post-update pre-receive; do
		mkdir -p "$RECONCILE_HISTORY/hooks"
		printf '#!/bin/sh\n: >"%s"\n' "$PWD/ran" >"$RECONCILE_HISTORY/hooks/$hook"
		chmod +x "$RECONCILE_HISTORY/hooks/$hook"
	done
	printf '[core]\n\tfsmonitor = "touch %s"\n\thooksPath = %s\n\tworktree = %s\n[include]\n\tpath = %s\n' "$PWD/ran" "$RECONCILE_HISTORY/hooks" "$PWD/elsewhere" "$PWD/included" >>"$RECONCILE_HISTORY/config"
	printf '[core]\n\tbare = false\n' >included
	mkdir -p "$RECONCILE_HISTORY/objects/info"
	echo "$PWD/elsewhere" >"$RECONCILE_HISTORY/objects/info/alternates"
	state <<<"{version: 1, builders: {$B: {bootstrap: false, driver-opts: {memory: 512m}}}}"
	plain --apply --yes --no-probe -f state.yaml
	plain --rollback --yes --no-probe
	[[ ! -e ran && -z $(ls -A elsewhere) ]]
	# A link to a folder that others may write is judged by that folder.
	mv "$RECONCILE_HISTORY" elsewhere/history.git
	chmod 777 elsewhere/history.git
	ln -s elsewhere/history.git "$RECONCILE_HISTORY"
	plain --rollback --yes --no-probe
	[[ $(<code) == 5 ]]
}

@test "a saved plan with paths that lead out is not what is carried out" {
	inactive
	run -0 --separate-stderr reconcile --plan -f state.yaml -o plan.json
	python3 - <<-'P'
		import json
		plan = json.load(open("plan.json"))
		step = plan["resource_changes"][0]["steps"][0]
		step["path"] = "../../outside"
		json.dump(plan, open("forged.json", "w"))
	P
	plain --show forged.json
	plain --apply --yes forged.json
	[[ $(<code) != 0 && ! -e outside && ! -e $BATS_TEST_TMPDIR/../outside && ! -e $BUILDX_CONFIG/instances/$B ]]
	# With an id that fits, the steps are still those that are planned here and now.
	python3 - <<-'P'
		import hashlib, json
		plan = json.load(open("forged.json"))
		plan["plan_id"] = ""
		plan["plan_id"] = hashlib.sha256(json.dumps(plan, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
		json.dump(plan, open("forged.json", "w"))
	P
	plain --apply --yes forged.json
	[[ $(<code) == 0 && -e $BUILDX_CONFIG/instances/$B && ! -e outside && ! -e $BATS_TEST_TMPDIR/../outside ]] || fail_with "$(<printed)"
}

@test "state files in a folder of links: read, or told why not, and nothing of theirs is shown" {
	mkdir states
	ln -s loop.yaml states/loop.yaml
	ln -s /dev/zero states/zero.yaml
	ln -s "$PWD" states/folder.yaml
	ln -s /etc/passwd states/passwd.yaml
	ln -s gone states/gone.yaml
	plain --validate -f states
	[[ $(<code) == 65 ]] || fail_with "$(<code)" "$(<printed)"
	rm states/*
	inactive
	mv state.yaml real.yaml
	ln -s ../real.yaml states/a.yaml
	# Where there is no repository, a folder of state files is all that they reach.
	plain --validate -f states
	[[ $(<code) == 65 ]] || fail_with "$(<code)" "$(<printed)"
	git init -q .
	plain --validate -f states
	[[ $(<code) == 0 ]] || fail_with "$(<code)" "$(<printed)"
}
