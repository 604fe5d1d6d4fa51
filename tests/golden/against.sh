#!/usr/bin/env bash
# --against in git repositories of every shape, as TAP: what it says, how it ends, and that nothing is written.
#   tests/golden/against.sh [BINARY]
set -uo pipefail
binary=$(realpath -e "${1:-$(dirname "$0")/../../build/reconcile}") || exit
work=$(mktemp -d) || exit
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
number=0 failed=0
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE='2026-01-02T03:04:05Z' GIT_COMMITTER_DATE='2026-01-02T03:04:05Z'
mkdir "$work/home"
git config --global user.name t
git config --global user.email t@example.com
git config --global init.defaultBranch main
git config --global protocol.file.allow always
git config --global advice.detachedHead false
# No Docker, no variable: what a run says depends on the repository alone.
clean=(env -i "PATH=$PATH" "HOME=$HOME" TERM=dumb LC_ALL=C.UTF-8 DOCKER_HOST=unix:///nowhere.sock TOKEN=c4n4ry "ASAN_OPTIONS=${ASAN_OPTIONS:-}"
	"UBSAN_OPTIONS=${UBSAN_OPTIONS:-}")

commit() { git add -A && git commit -qm "${1:-change}"; }
state() { mkdir -p "$(dirname "$1")"; printf 'version: 1\nbuilders:\n%s\n' "$2" >"$1"; } # file, lines below builders
ci() { state "$1" "  ci: {driver-opts: {memory: ${2:-1g}}}"; }
everything() { find "$work/repo" -type f -not -name index -printf '%p %s %T@\n' | sort; }

# Wherever lines are wrapped.
said() { [[ $(tr -s ' \n' ' ' <"$work/said") == *"$(tr -s ' ' <<<"$1")"* ]]; }

# against NAME CODE, then on stdin: commands that make the repository in the working folder (and may end in another one), a
# line `reconcile ARGUMENTS`, and lines that must be printed; with "!" before them, must not.
against() { # name code
	local name=$1 want=$2 line making='' arguments='' wrong='' code leaks
	number=$((number + 1))
	chmod -R u+rwX "$work/repo" 2>/dev/null
	rm -rf "$work/repo"
	mkdir "$work/repo"
	cd "$work/repo" || exit
	: >"$work/wanted"
	while IFS= read -r line; do
		case $line in
		'reconcile '*) arguments=${line#reconcile } ;;
		*) if [[ -n $arguments ]]; then printf '%s\n' "$line" >>"$work/wanted"; else making+=$line$'\n'; fi ;;
		esac
	done
	eval "$making" >"$work/made" 2>&1 || wrong+="the repository could not be made: $(tail -n 3 "$work/made")"$'\n'
	everything >"$work/before"
	# libgit2 1.5 itself loses memory where it finds no merge base, and with the configuration of a partial clone.
	leaks=()
	[[ $name != *"without a common commit" && $name != "partial clone"* ]] || leaks=("ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0")
	# shellcheck disable=SC2086
	"${clean[@]}" "${leaks[@]}" timeout 300 "$binary" $arguments >"$work/said" 2>&1 </dev/null
	code=$?
	[[ $code -eq $want ]] || wrong+="ended with $code, not $want"$'\n'
	while IFS= read -r line; do
		case $line in
		'! '*) ! said "${line#! }" || wrong+="says: ${line#! }"$'\n' ;;
		*) said "$line" || wrong+="does not say: $line"$'\n' ;;
		esac
	done <"$work/wanted"
	! grep -q c4n4ry "$work/said" || wrong+="tells a variable"$'\n'
	wrong+=$(diff "$work/before" <(everything))
	if [[ -z $wrong ]]; then
		echo "ok $number - against: $name"
	else
		failed=1
		echo "not ok $number - against: $name"
		printf '%s\n' "$wrong" "$(cat "$work/said")" | sed 's/^/# /' | head -n 60
	fi
}

against "work tree: what is not committed counts" 2 <<'E'
git init -q && ci states/team.yaml 1g && commit && ci states/team.yaml 2g
reconcile --plan -f states/team.yaml --against main --detailed-exitcode
reconcile: 1 builder in states/team.yaml, against main (
~ nodes.ci0.driver-opts.memory  1g → 2g   # forces replacement
: would replace 1 (cache kept).
E
against "nothing changed" 0 <<'E'
git init -q && ci states/team.yaml && commit && git switch -qc feature && printf '# a comment\n' >>states/team.yaml && commit
reconcile --check -f states --against main
No changes. 1 builder is as in main (
E
against "the merge base counts, not what the branch has become since" 0 <<'E'
git init -q && ci reconcile.yaml 1g && commit && git switch -qc feature && ci other.yaml && commit && git switch -q main && ci reconcile.yaml 9g && commit && git switch -q feature
reconcile --check --against main
No changes.
E
against "two dots are the two trees as they are" 2 <<'E'
git init -q && ci reconcile.yaml 1g && commit && git switch -qc feature && ci other.yaml && commit && git switch -q main && ci reconcile.yaml 9g && commit && git switch -q feature
reconcile --check --against main..feature
memory  9g → 1g
of feature (
E
against "three dots begin where the branch left" 2 <<'E'
git init -q && ci reconcile.yaml 1g && commit && git switch -qc feature && ci reconcile.yaml 2g && commit && git switch -q main && ci reconcile.yaml 9g && commit
reconcile --check --against main...feature
memory  1g → 2g
E
against "bare repository, both sides named" 2 <<'E'
git init -q a && cd a && ci states/team.yaml 1g && commit && git switch -qc feature && ci states/team.yaml 2g && commit && cd .. && git clone -q --bare a b.git && cd b.git
reconcile --check -f states --against main..feature
memory  1g → 2g
E
against "bare repository, by the path of a file in it" 2 <<'E'
git init -q a && cd a && ci states/team.yaml 1g && commit && git switch -qc feature && ci states/team.yaml 2g && commit && cd .. && git clone -q --bare a b.git
reconcile --check -f b.git/states/team.yaml --against main..feature
memory  1g → 2g
E
against "bare repository, one side named" 64 <<'E'
git init -q a && cd a && ci reconcile.yaml && commit && cd .. && git clone -q --bare a b.git && cd b.git
reconcile --check --against main
is a bare repository, which has no work tree
name both sides: --against main..BRANCH
E
against "shallow clone that lacks the revision" 1 <<'E'
git init -q a && cd a && ci reconcile.yaml 1g && commit && git switch -qc feature && ci reconcile.yaml 2g && commit && cd .. && git clone -q --depth 1 -b feature "file://$PWD/a" b && cd b
reconcile --check --against main
there is no revision main
git fetch --depth=1 origin main
E
against "shallow clone without a common commit" 1 <<'E'
git init -q a && cd a && ci reconcile.yaml 1g && commit && git switch -qc feature && ci reconcile.yaml 2g && commit && git switch -q main && ci x.yaml && commit && cd .. && git clone -q --depth 1 -b feature "file://$PWD/a" b && cd b && git fetch -q --depth=1 origin main:base
reconcile --check --against base
have no commit in common in this shallow clone
git fetch --unshallow
--against base..
E
against "shallow clone, as actions/checkout leaves it: HEAD merges the request into its base" 2 <<'E'
git init -q a && cd a && ci reconcile.yaml 1g && commit && git switch -qc feature && ci reconcile.yaml 2g && commit && git switch -q main && ci x.yaml && commit && git merge -q --no-edit feature && cd .. && git clone -q --depth 2 "file://$PWD/a" b && cd b
reconcile --check --against HEAD^1
memory  1g → 2g
E
against "a branch of the remote is offered" 1 <<'E'
git init -q a && cd a && ci reconcile.yaml && commit && git branch other && cd .. && git clone -q a b && cd b
reconcile --check --against other
did you mean origin/other?
E
against "partial clone that lacks the file" 8 <<'E'
git init -q a && cd a && git config uploadpack.allowFilter true && ci reconcile.yaml 1g && commit && ci reconcile.yaml 2g && commit && cd .. && git clone -q --filter=blob:none "file://$PWD/a" b && cd b && git remote remove origin
reconcile --check --against HEAD^
this clone lacks it: git fetch --refetch
E
against "objects of another repository's, by alternates" 2 <<'E'
git init -q a && cd a && ci reconcile.yaml 1g && commit && cd .. && git clone -q --shared a b && cd b && ci reconcile.yaml 2g
reconcile --check --against HEAD
memory  1g → 2g
E
against "objects in packs" 2 <<'E'
git init -q && for size in 1 2 3 4; do ci reconcile.yaml ${size}g && commit; done && git gc -q && git prune
reconcile --check --against HEAD~3..HEAD~1
memory  1g → 3g
E
against "object that is cut short" 8 <<'E'
git init -q && ci reconcile.yaml 1g && commit && ci reconcile.yaml 2g && id=$(git rev-parse HEAD:reconcile.yaml) && file=.git/objects/${id:0:2}/${id:2} && chmod u+w "$file" && truncate -s 9 "$file"
reconcile --check --against HEAD
E
against "linked worktree" 2 <<'E'
git init -q a && cd a && ci states/team.yaml 1g && commit && git worktree add -qb feature ../linked && cd ../linked && ci states/team.yaml 2g
reconcile --check -f states --against main
memory  1g → 2g
E
against "submodule: the repository that holds the state file" 2 <<'E'
git init -q sub && cd sub && ci team.yaml 1g && commit && cd .. && git init -q top && cd top && git submodule add -q "$PWD/../sub" states && commit && ci states/team.yaml 2g
reconcile --check -f states --against HEAD
memory  1g → 2g
E
against "from another folder, and by an absolute path" 2 <<'E'
git init -q a && cd a && ci states/team.yaml 1g && commit && ci states/team.yaml 2g && mkdir deep && cd deep
reconcile --check -f ../states/team.yaml --against HEAD
memory  1g → 2g
E
against "from outside the repository, through a link to it" 2 <<'E'
git init -q a && cd a && ci states/team.yaml 1g && commit && ci states/team.yaml 2g && cd .. && ln -s a way
reconcile --check -f way/states/team.yaml --against HEAD
memory  1g → 2g
E
against "file that moved" 2 <<'E'
git init -q && state team.yaml $'  ci: {driver-opts: {memory: 1g}}\n  arm: {nodes: {arm0: {endpoint: "tcp://arm:2375"}}}' && commit && mkdir states && git mv team.yaml states/team.yaml && sed -i s/1g/2g/ states/team.yaml && commit
reconcile --check -f states/team.yaml --against HEAD^
memory  1g → 2g
Note: states/team.yaml was team.yaml in HEAD^ (
! builder.arm
E
against "file that moved from where it is looked for to where it is looked for" 0 <<'E'
git init -q && ci reconcile.yaml && commit && mkdir states && git mv reconcile.yaml states/default.yaml && commit
reconcile --check --against HEAD^
No changes.
E
against "folder that is new, of files that moved" 2 <<'E'
git init -q && state one.yaml $'  ci:\n    protect: true\n    driver-opts: {memory: 1g}' && state two.yaml '  two: {}' && commit && mkdir states && git mv one.yaml two.yaml states && state states/three.yaml '  three: {}' && sed -i s/1g/2g/ states/one.yaml && commit
reconcile --check -f states --against HEAD^
memory  1g → 2g
+ builder.three
! builder.two
Note: states/three.yaml is not in HEAD^
E
against "folder in which a file came and one went" 2 <<'E'
git init -q && ci states/a.yaml && state states/b.yaml '  gone: {driver-opts: {cpuset-cpus: "1"}}' && commit && rm states/b.yaml && state states/c.yaml '  new: {protect: true}' && commit
reconcile --check -f states --against HEAD^
+ builder.new
+ protect  true
builder.gone: no state file names it any more: it stays as it is, unmanaged
! builder.ci
E
against "builder that is renamed" 2 <<'E'
git init -q && state s.yaml '  old: {}' && commit && printf 'version: 1\nunmanaged: remove\nbuilders: {new: {}}\n' >s.yaml
reconcile --check -f s.yaml --against HEAD
+ builder.new
- builder.old
~ unmanaged  keep → remove
E
against "file that is new" 2 <<'E'
git init -q && printf x >x && commit && ci states/team.yaml
reconcile --check -f states/team.yaml --against HEAD
Note: states/team.yaml is not in HEAD (
+ builder.ci
E
against "file that is deleted" 65 <<'E'
git init -q && ci states/team.yaml && commit && rm -r states
reconcile --check -f states/team.yaml --against HEAD
cannot read states/team.yaml
E
against "defaults that changed are told at their line" 2 <<'E'
git init -q && printf 'version: 1\ndefaults: {driver-opts: {network: host}}\nbuilders: {a: {}, b: {}}\n' >s.yaml && commit && sed -i s/host/bridge/ s.yaml
reconcile --check -f s.yaml --against HEAD
# builder.a: network changed  s.yaml:2 (defaults)
# builder.b: network changed  s.yaml:2 (defaults)
nodes.b0.driver-opts.network  host → bridge   # forces replacement
E
against "configuration file beside it, from the same commit" 2 <<'E'
git init -q && state s.yaml '  ci: {buildkitd-config: etc/b.toml}' && mkdir etc && echo 'debug = true' >etc/b.toml && commit && echo 'debug = false' >etc/b.toml && commit
reconcile --check -f s.yaml --against HEAD^..HEAD
nodes.ci0.buildkitd.toml: debug  true → false   # forces replacement
E
against "configuration file through links in the commit" 2 <<'E'
git init -q && state s.yaml '  ci: {buildkitd-config: way/b.toml}' && mkdir etc && ln -s etc way && ln -s real.toml etc/b.toml && echo 'debug = true' >etc/real.toml && commit && echo 'debug = false' >etc/real.toml && commit
reconcile --check -f s.yaml --against HEAD^..HEAD
debug  true → false
E
against "link of the old side that leads out" 2 <<'E'
git init -q && state s.yaml '  ci: {buildkitd-config: b.toml}' && ln -s /etc/passwd b.toml && commit && rm b.toml && echo 'debug = true' >b.toml && commit
reconcile --check -f s.yaml --against HEAD^
b.toml is out of reach
Note: the state files of HEAD^
+ builder.ci
! root:
E
against "old side that is invalid" 2 <<'E'
git init -q && printf 'version: 1\nbuilder: {}\n' >s.yaml && commit && ci s.yaml
reconcile --check -f s.yaml --against HEAD
The state files of HEAD (
unknown key "builder"
all is shown as new
+ builder.ci
E
against "new side that is invalid" 65 <<'E'
git init -q && ci s.yaml && commit && printf 'version: 1\nbuilder: {}\n' >s.yaml
reconcile --check -f s.yaml --against HEAD
s.yaml:2:1: unknown key "builder"
E
against "variables stay as they are written" 2 <<'E'
git init -q && state s.yaml '  ci: {driver-opts: {memory: "${MEM}", env.A: "${TOKEN}", network: "${NET:?no}"}, bootstrap: "${B:-true}"}' && commit && sed -i 's/{MEM}/{MEMORY:-1g}/; s/B:-true/B:-false/' s.yaml
reconcile --check -f s.yaml --against HEAD
memory  ${MEM} → ${MEMORY:-1g}
~ bootstrap
! env.A
! network
E
against "variables do not hide what is wrong elsewhere" 65 <<'E'
git init -q && ci s.yaml && commit && printf 'version: 1\nbuilders:\n  ci:\n    driver-opts: {memory: "${MEM}"}\n    platforms: [nonsense]\n' >s.yaml
reconcile --check -f s.yaml --against HEAD
s.yaml:5:
E
against "secrets are never told" 2 <<'E'
git init -q && state s.yaml '  ci: {driver-opts: {env.A: !secret "one-s3cret", env.API_TOKEN: first-t0ken}}' && commit && sed -i 's/one-/two-/; s/first-/second-/' s.yaml
reconcile --check -f s.yaml --against HEAD --format json
"before": "(sensitive)"
! s3cret
! t0ken
E
against "endpoints, nodes and contexts" 2 <<'E'
git init -q && printf 'version: 1\ncontexts: {far: {endpoint: "tcp://a:2375"}}\nbuilders: {ci: {nodes: {a: {endpoint: "tcp://a:1"}, b: {endpoint: "tcp://b:1"}}}}\n' >s.yaml && commit && sed -i 's/tcp:..a:/tcp:\/\/c:/g; s/, b: .*$/, n: {}}}}/' s.yaml
reconcile --check -f s.yaml --against HEAD
~ context.far
~ nodes.a.endpoint  tcp://a:1 → tcp://c:1
- nodes.b
+ nodes.n.driver-opts.image
E
against "repository without a commit" 1 <<'E'
git init -q && ci reconcile.yaml
reconcile --check --against HEAD
nothing is committed yet
E
against "no repository" 1 <<'E'
ci reconcile.yaml
reconcile --check --against main
no git repository holds reconcile.yaml
E
against "a repository committed into a work tree is none" 2 <<'E'
git init -q && git init -q --bare trap && ci trap/states/team.yaml 1g && git add -f trap && git commit -qm one && ci trap/states/team.yaml 2g
reconcile --check -f trap/states/team.yaml --against HEAD
memory  1g → 2g
E
against "state file of gigabytes in the old side" 2 <<'E'
git init -q && head -c 3000000 /dev/zero | tr '\0' '#' >s.yaml && commit && ci s.yaml
reconcile --check -f s.yaml --against HEAD
is larger than 1048576 bytes
all is shown as new
E
against "nothing of the repository runs" 2 <<'E'
git init -q && ci s.yaml 1g && commit && printf '#!/bin/sh\ntouch ran\n' >.git/x && chmod +x .git/x && for key in core.fsmonitor filter.x.smudge filter.x.clean core.sshCommand diff.external core.pager core.hooksPath; do git config "$key" "$PWD/.git/x"; done && printf '*.yaml filter=x diff=x\n' >.git/info/attributes && ci s.yaml 2g
reconcile --check -f s.yaml --against HEAD
memory  1g → 2g
E
against "one builder alone" 2 <<'E'
git init -q && state s.yaml $'  a: {}\n  b: {}' && commit && state s.yaml $'  a: {protect: true}\n  b: {protect: true}'
reconcile --check -f s.yaml --against HEAD --only b
~ builder.b
! builder.a
E
against "a builder that nobody has" 64 <<'E'
git init -q && state s.yaml '  alpha: {}' && commit
reconcile --check -f s.yaml --against HEAD --only alhpa
did you mean
E
against "what lives is another question" 64 <<'E'
git init -q && ci s.yaml && commit
reconcile --check -f s.yaml --against HEAD --live x.json
--against compares state files alone
E
if [[ $(id -u) == 0 ]]; then
	against "a repository of another user's" 5 <<-'E'
		git init -q a && cd a && ci s.yaml && commit && chown -R 65534 .
		reconcile --check -f s.yaml --against HEAD
		belongs to another user
		git config --global --add safe.directory
	E
	against "a repository of another user's that the user trusts" 0 <<-'E'
		git init -q a && cd a && ci s.yaml && commit && chown -R 65534 . && git config --global --add safe.directory "$PWD"
		reconcile --check -f s.yaml --against HEAD
		No changes.
	E
fi
echo "1..$number"
exit "$failed"
