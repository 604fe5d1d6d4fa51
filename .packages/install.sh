#!/bin/sh
# Installs reconcile: one static program, taken from a release, its sum checked first.
#   sh install.sh                    the newest release
#   sh install.sh --version 0.1.0    that one
#   sh install.sh --uninstall        takes it away again
# Into $PREFIX/bin where PREFIX is set, else /usr/local/bin for root and ~/.local/bin for everybody else.
# RECONCILE_RELEASES is the address of the releases; the copy that lies beside a release knows its own.
# Needs curl or wget, and sha256sum, shasum or openssl. Nothing is installed unless all of it went well.
set -eu

releases=${RECONCILE_RELEASES:-@RELEASES@}

say() { printf 'install: %s\n' "$*"; }
fail() { # what, what to do next
	printf 'install: %s\n' "$1" >&2
	[ -z "${2:-}" ] || printf '         %s\n' "$2" >&2
	exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

usage() { sed -n '2,8s/^# \{0,1\}//p' "$0" 2>/dev/null || true; }

asset_of_this_machine() {
	case $(uname -s) in
	Linux) ;;
	*) fail "there is no program for $(uname -s), only for Linux" "run the container image, or build it from source: see the README" ;;
	esac
	case $(uname -m) in
	x86_64 | amd64) echo reconcile-linux-amd64 ;;
	aarch64 | arm64) echo reconcile-linux-arm64 ;;
	*) fail "there is no program for $(uname -m), only for amd64 and arm64" "build it from source: see the README" ;;
	esac
}

# With curl an address that is https stays so, wherever it leads.
download() { # address, file
	if have curl; then
		case $1 in
		https:*) curl -fsSL --proto '=https' --connect-timeout 30 --speed-limit 1 --speed-time 60 --retry 2 -o "$2" "$1" ;;
		*) curl -fsSL --connect-timeout 30 --speed-limit 1 --speed-time 60 -o "$2" "$1" ;;
		esac
	elif have wget; then
		# That of busybox 1.35 dies by SIGSEGV when it is given a timeout.
		case $(wget --version 2>/dev/null | sed 1q) in
		GNU*) wget -q --tries=3 --timeout=60 -O "$2" "$1" ;;
		*) wget -q -O "$2" "$1" ;;
		esac
	else
		fail "neither curl nor wget is here" "install one of them"
	fi || fail "cannot download $1" "look whether that release is there: $releases"
}

sum_of() { # file
	case $summer in
	sha256sum) sha256sum "$1" ;;
	shasum) shasum -a 256 "$1" ;;
	openssl) openssl dgst -sha256 -r "$1" ;;
	esac | sed 's/[^0-9a-f].*//'
}
find_summer() {
	for summer in sha256sum shasum openssl; do
		! have $summer || return 0
	done
	fail "none of sha256sum, shasum and openssl is here, so the download could not be checked" "install one of them"
}

check_sum() { # folder, asset
	want=$(awk -v name="$2" '$2 == name || $2 == "*" name { print $1; exit }' "$1/SHA256SUMS")
	[ -n "$want" ] || fail "SHA256SUMS of that release does not name $2" "look whether the release is complete: $releases"
	got=$(sum_of "$1/$2")
	[ "$got" = "$want" ] || fail "$2 is not what SHA256SUMS says: its sum is $got and should be $want" \
		"nothing was installed; try again, and if it stays so tell the project"
}

# Beside its place, tried there, then renamed: who runs the old one meanwhile is not disturbed.
put() { # file
	mkdir -p "$bin" 2>/dev/null || true
	[ -w "$bin" ] || fail "cannot write to $bin" "run it as root, or say where: PREFIX=\$HOME/.local sh install.sh"
	[ ! -d "$bin/reconcile" ] || fail "$bin/reconcile is a folder" "move it out of the way, or set PREFIX"
	staged=$bin/.reconcile.$$
	cp "$1" "$staged" || fail "cannot write $staged" "look whether the disk is full: df $bin"
	chmod 755 "$staged"
	installed=$("$staged" --version 2>/dev/null </dev/null | sed 1q)
	[ -n "$installed" ] || fail "what was downloaded does not run on this machine ($(uname -sm))" "nothing was installed"
	mv -f "$staged" "$bin/reconcile"
	staged=
}

install_it() {
	case $releases in
	'' | @*) fail "this copy of the script does not know where its releases are" \
		"take the one that lies beside a release, or set RECONCILE_RELEASES=https://github.com/…/releases" ;;
	esac
	asset=$(asset_of_this_machine)
	find_summer
	from=$releases/latest/download
	[ -z "$version" ] || from=$releases/download/v${version#v}
	folder=$(mktemp -d)
	say "downloading $from/$asset"
	download "$from/SHA256SUMS" "$folder/SHA256SUMS"
	download "$from/$asset" "$folder/$asset"
	check_sum "$folder" "$asset"
	put "$folder/$asset"
	say "installed $installed as $bin/reconcile"
	case :$PATH: in
	*":$bin:"*) ;;
	*) say "$bin is not in PATH: add it, or call $bin/reconcile" ;;
	esac
}

uninstall() {
	[ -e "$bin/reconcile" ] || [ -L "$bin/reconcile" ] || fail "there is no $bin/reconcile" "set PREFIX to where it was installed"
	case $("$bin/reconcile" --version 2>/dev/null </dev/null | sed 1q) in
	'reconcile '*) ;;
	*) fail "$bin/reconcile is another program" "it is left alone" ;;
	esac
	rm -f "$bin/reconcile" || fail "cannot remove $bin/reconcile" "run it as root"
	say "removed $bin/reconcile; builders, caches and the history are as they were"
}

finish() {
	[ -z "$folder" ] || rm -rf "$folder"
	[ -z "$staged" ] || rm -f "$staged"
}

main() {
	version='' action=install_it folder='' staged=''
	while [ $# -gt 0 ]; do
		case $1 in
		--version)
			[ -n "${2:-}" ] || fail "--version wants a version" "like this: --version 0.1.0"
			version=$2
			shift
			;;
		--version=*) version=${1#*=} ;;
		--uninstall) action=uninstall ;;
		-h | --help) usage; exit ;;
		*) fail "unknown option \"$1\"" "there are --version X and --uninstall" ;;
		esac
		shift
	done
	case $version in
	*[!0-9A-Za-z.+~-]*) fail "\"$version\" is no version" "they look like 0.1.0" ;;
	esac
	if [ -n "${PREFIX:-}" ]; then
		bin=$PREFIX/bin
	elif [ "$(id -u)" = 0 ]; then
		bin=/usr/local/bin
	else
		bin=${HOME:?is not set, so say where: PREFIX=/somewhere}/.local/bin
	fi
	trap finish EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	$action
}

# Last, so that half of a script does nothing.
main "$@"
