#!/usr/bin/env bats
# Completion as `make install` leaves it, in the shells themselves: what Tab offers, and what it never does. No engine.
bats_require_minimum_version 1.5.0
# shellcheck source=../wait.sh
. "$BATS_TEST_DIRNAME/../wait.sh"

setup_file() {
	export root there
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	there=$BATS_FILE_TMPDIR/usr
	make -s -C "$root" -o all install PREFIX="$there" >/dev/null
	# Two records without an engine: what is damaged is moved aside.
	export PATH=$there/bin:$PATH HOME=$BATS_FILE_TMPDIR/home DOCKER_HOST=unix:///nowhere DOCKER_CONFIG=$BATS_FILE_TMPDIR/docker
	export BUILDX_CONFIG=$BATS_FILE_TMPDIR/store RECONCILE_HISTORY=$BATS_FILE_TMPDIR/history.git LC_ALL=C.UTF-8 TERM=xterm
	unset BUILDX_BUILDER DOCKER_CONTEXT XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME
	mkdir -p "$HOME" "$BUILDX_CONFIG/instances" "$BATS_FILE_TMPDIR/empty"
	cd "$BATS_FILE_TMPDIR/empty" || return
	local name
	for name in old older; do
		printf '{"Name":"%s","Driver":"docker-con' "$name" >"$BUILDX_CONFIG/instances/$name"
		reconcile --apply --yes >/dev/null 2>&1
	done
	newest=$(reconcile --history --format json | jq -r '.records[0].id[:7]')
	export newest
	# Builders: one in the state file, one in the store, and names that nobody but a stranger gives.
	for name in 'lives' '$(touch evil)' '`touch evil`' 'a;touch evil' 'a b' $'a\nb' $'\e[31mred'; do
		echo '{}' >"$BUILDX_CONFIG/instances/$name"
	done
	mkdir -p "$BATS_FILE_TMPDIR/work/states"
	cd "$BATS_FILE_TMPDIR/work" || return
	echo '{version: 1, builders: {wanted: {}}}' >reconcile.yaml
	touch states/team.yaml states/note.txt plan.json 'it is.yaml' '$(touch evil).yaml'
	git init -q -b trunk . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m one && git tag v1 && git branch 'a$(touch${IFS}evil)'
}
setup() { cd "$BATS_FILE_TMPDIR/work" || return; }
teardown() {
	[[ -z ${socket:-} ]] || tmux -S "$socket" kill-server 2>/dev/null || true
	[[ -z $(find "$BATS_FILE_TMPDIR" -name evil) ]] # nothing that anybody named was run
}
fail_with() {
	printf '%s\n' "$@" >&2
	return 1
}
# Words that Tab offers in each shell, where the last word is the one at the cursor.
in_bash() {
	# shellcheck disable=SC2016
	run -0 --separate-stderr bash --norc -uc 'source "$0/share/bash-completion/completions/reconcile"
		COMP_WORDS=(reconcile "$@") COMP_CWORD=$# COMP_LINE="reconcile $*"
		_reconcile reconcile && printf "%s\n" "${COMPREPLY[@]}"' "$there" "$@"
	[[ -z $stderr ]] || fail_with "bash: $stderr"
}
in_fish() { # one line as it is typed
	run -0 --separate-stderr fish --no-config -c "source $there/share/fish/vendor_completions.d/reconcile.fish; complete -C '$1'"
	[[ -z $stderr ]] || fail_with "fish: $stderr"
}
offers() { # this line, and nothing that begins so
	grep -qxF -- "$1" <<<"$output" || fail_with "no \"$1\" in:" "$output"
}
never() {
	local word
	for word; do [[ $output != *"$word"* ]] || fail_with "\"$word\" in:" "$output"; done
}

@test "bash: modes, options, values, builders, revisions, files" {
	in_bash pl
	[[ $output == plan ]]
	in_bash --his
	offers --history
	offers --history-dir
	in_bash apply --y
	[[ $output == --yes ]]
	in_bash plan --format = j # as bash parts it
	[[ $output == json ]]
	in_bash plan --format =
	offers markdown
	in_bash history --format ''
	offers markdown
	never github
	in_bash reset ''
	[[ $output == $'lives\nwanted' ]] || fail_with "$output"
	in_bash reset wanted ''
	[[ $output == lives ]]
	in_bash --rollback ''
	[[ ${lines[0]} == "$newest" && ${#lines[@]} -eq 2 ]] || fail_with "$output"
	in_bash show ''
	offers "$newest"
	offers plan.json
	in_bash plan -f ''
	offers reconcile.yaml
	offers states
	never plan.json
	in_bash plan --file = states/
	[[ $output == states/team.yaml ]]
	in_bash plan --against ''
	offers trunk
	offers v1
	never evil
	in_bash plan --against v1..t
	[[ $output == v1..trunk ]]
	in_bash --schema reconcile.y
	[[ $output == reconcile.yaml.5 ]]
	in_bash nonsense ''
	[[ -z $output ]]
}

@test "fish: the same words, with what they are about" {
	in_fish 'reconcile --pl'
	[[ $output == $'--plan\tcompare'* ]] || fail_with "$output"
	in_fish 'reconcile plan --format='
	offers --format=json
	in_fish 'reconcile reset '
	[[ $output == $'lives\tlives here\nwanted\tin the state file' ]] || fail_with "$output"
	in_fish 'reconcile rollback '
	[[ ${lines[0]} == "$newest"$'\t'20*'apply: repair instances/older' ]] || fail_with "$output"
	in_fish 'reconcile plan -f '
	offers reconcile.yaml
	offers 'it is.yaml'
	offers states/
	never plan.json
	in_fish 'reconcile plan --file=sta'
	[[ $output == --file=states/ ]]
	in_fish 'reconcile --history-dir '
	[[ $output == states/ ]] || fail_with "$output"
	in_fish 'reconcile show p'
	[[ $output == plan.json ]]
	in_fish 'reconcile nonsense '
	[[ -z $output ]]
}

# A person at a terminal: types, presses Tab, and waits for this to stand there.
terminal() { # shell…
	socket=$BATS_TEST_TMPDIR/tmux
	tmux -S "$socket" -f /dev/null new-session -d -x 120 -y 50 env PS1='ready> ' "$@"
	wait_until 300 screen_has 'ready>'
}
screen_has() { tmux -S "$socket" capture-pane -p | grep -qF -- "$1"; }
type_() { tmux -S "$socket" send-keys -l "$1"; }
press() { tmux -S "$socket" send-keys "$@"; }
tab() { # typed, what one Tab makes of it; the line is then emptied
	type_ "$1"
	wait_until 300 screen_has "${1%% }" || fail_with "not typed: $1"
	press Tab
	wait_until 300 screen_has "$2" || fail_with "no \"$2\" after \"$1\":" "$(tmux -S "$socket" capture-pane -p)"
	press C-a C-k C-l
	wait_until 300 emptied || fail_with "$(tmux -S "$socket" capture-pane -p)"
}
emptied() { [[ $(tmux -S "$socket" capture-pane -p | tr -d '\n ') == 'ready>' ]]; }

@test "bash at a terminal, where bash-completion finds what was installed" {
	[[ -r /usr/share/bash-completion/bash_completion ]] || skip "no bash-completion here"
	printf '%s\n' 'PS1="ready> "' '. /usr/share/bash-completion/bash_completion' 'bind "set show-all-if-ambiguous on"' >"$BATS_TEST_TMPDIR/rc"
	XDG_DATA_DIRS=$there/share terminal bash --noprofile --rcfile "$BATS_TEST_TMPDIR/rc"
	tab 'reconcile --hel' 'reconcile --help'
	tab 'reconcile plan --format=j' 'reconcile plan --format=json'
	tab 'reconcile --reset wan' 'reconcile --reset wanted'
	tab 'reconcile plan -f it' 'reconcile plan -f it\ is.yaml'
	tab 'reconcile plan -f "it' 'reconcile plan -f "it is.yaml"'
	tab 'reconcile plan --file=sta' 'reconcile plan --file=states/'
	tab 'reconcile plan -f $' 'evil\).yaml'
}

@test "zsh at a terminal, by compinit" {
	printf '%s\n' 'PS1="ready> "' "fpath=($there/share/zsh/site-functions \$fpath)" 'autoload -Uz compinit' 'compinit -u -D' 'unsetopt LIST_AMBIGUOUS' >"$BATS_TEST_TMPDIR/.zshrc"
	ZDOTDIR=$BATS_TEST_TMPDIR terminal zsh -d
	tab 'reconcile --hel' 'reconcile --help'
	tab 'reconcile --his' '--history-dir  -- the history'
	tab 'reconcile plan --format=j' 'reconcile plan --format=json'
	tab 'reconcile --reset wan' 'reconcile --reset wanted'
	tab 'reconcile plan -f it' 'reconcile plan -f it\ is.yaml'
	tab 'reconcile plan --file=sta' 'reconcile plan --file=states/'
	tab 'reconcile apply p' 'reconcile apply plan.json'
	tab 'reconcile rollback ' 'apply: repair instances/old'
}

@test "zsh, sourced as kubectl's is" {
	printf '%s\n' 'PS1="ready> "' 'autoload -Uz compinit' 'compinit -u -D' 'source <(reconcile --completion zsh)' >"$BATS_TEST_TMPDIR/.zshrc"
	ZDOTDIR=$BATS_TEST_TMPDIR terminal zsh -d
	tab 'reconcile --reset wan' 'reconcile --reset wanted'
}

@test "it asks no engine, and says nothing where nothing can be read" {
	local line
	run -0 --separate-stderr env -i HOME="$HOME" PATH=/usr/bin:/bin strace -f -e trace=connect,execve -o "$BATS_TEST_TMPDIR/calls" "$there/bin/reconcile" --completion bash -- reset ''
	run ! grep -E 'connect\(.*AF_(INET|UNIX)' <(grep -v nscd "$BATS_TEST_TMPDIR/calls") # who we are is asked of libc
	[[ $(grep -c execve "$BATS_TEST_TMPDIR/calls") -eq 1 ]]
	mkdir -p "$BATS_TEST_TMPDIR/bad" && echo no >"$BATS_TEST_TMPDIR/bad/instances" && mkfifo "$BATS_TEST_TMPDIR/pipe"
	for line in "HOME=/nowhere" "HOME=" "BUILDX_CONFIG=$BATS_TEST_TMPDIR/bad" "RECONCILE_HISTORY=$BATS_TEST_TMPDIR/pipe" "RECONCILE_HISTORY=/etc/passwd"; do
		for mode in reset rollback show "plan --only" "plan --against" "plan -f $BATS_TEST_TMPDIR/pipe --only"; do
			# shellcheck disable=SC2086
			run -0 --separate-stderr env -u BUILDX_CONFIG -u DOCKER_CONFIG "$line" "$there/bin/reconcile" --completion zsh -- $mode ''
			[[ -z $stderr ]] || fail_with "$line, $mode: $stderr"
		done
	done
}

@test "a shell that is not known is told which are" {
	run -64 reconcile --completion tcsh
	[[ $output == *'knows bash, zsh and fish, not "tcsh"'* ]] || fail_with "$output"
	run -64 reconcile --completion
	run -0 reconcile --completion bash
	diff <(echo "$output") "$root/.packages/completion/reconcile.bash"
	shellcheck -s bash "$root/.packages/completion/reconcile.bash"
}

@test "make uninstall takes all of it away" {
	cp -a "$there" gone
	run -0 make -s -C "$root" -o all uninstall PREFIX="$PWD/gone"
	run -0 find gone ! -type d
	[[ -z $output ]] || fail_with "$output"
	rm -r gone
}
