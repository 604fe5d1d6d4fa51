#!/usr/bin/env bash
# Installs what is missing on Debian and Ubuntu, and says what and why first; elsewhere it names what is needed.
#
#   .ci/deps.sh build|unit|test|lint|fuzz|package|soak …   groups; each includes the ones it builds on when named together
#   .ci/deps.sh --packages|--known GROUP …                 only lists: their packages; the oldest and the newest version
#                                                          that are known to work (tests/roots holds them to that)
set -euo pipefail

# group | Debian package | why | oldest and newest version known to work: Debian 12's and sid's
table='
build | gcc | compiles it | 12.2.0 16.1.0
build | libc6-dev | headers of the C library | 2.36 2.43
build | pkg-config | finds the libraries |
build | libyaml-dev | reads state files | 0.2.5 0.2.5
build | libcurl4-openssl-dev | speaks to Engines, daemons and clusters elsewhere | 7.88.1 8.23.0
build | libnghttp2-dev | speaks HTTP/2 to daemons here |
build | libcjson-dev | reads and writes JSON | 1.7.15 1.7.19
build | libgit2-dev | keeps the history | 1.5.1 1.9.7
build | zlib1g-dev | unpacks what the history says, within bounds |
build | libssl-dev | SHA-256 | 3.0 3.6.5
build | libprotobuf-c-dev | the messages of BuildKit | 1.4.1 1.5.1
build | protobuf-c-compiler | makes their code from schemas/buildkit.proto | 1.4.1 1.5.1
unit | libcmocka-dev | unit tests | 1.1.5 2.0.2
unit | cmark-gfm | reads Markdown as GitHub does |
unit | git | reads the history as a user would | 2.39.5 2.55.0
test | bats | end-to-end tests |
test | jq | checks JSON output |
test | python3-jsonschema | holds plans and examples against the schemas |
test | python3-yaml | reads the examples for that, and actions |
test | openssl | makes certificates for TLS tests |
test | openssh-server | a real ssh:// endpoint on loopback |
test | socat | slow, silent and TLS endpoints on loopback |
test | strace | kills and starves runs at every call, in the crash matrix |
test | e2fsprogs | the file system of the power cut |
test | valgrind | memory check of the unit tests; counts instructions |
test | time | memory at the peak of a run |
test | tmux | checks what a person sees on a terminal |
test | systemd | judges our services and timers; none is started |
test | zsh | completes in it |
test | fish | completes in it |
test | bash-completion | loads ours as it does all others |
test | chromium | looks at the pages of --report, as people do |
test | busybox-static | the contents of test builds |
test | python3-pip | fetches zig, which compiles for other systems |
test | perl | configures OpenSSL for the static program |
test | mmdebstrap | makes roots of other Debians to compile in |
test | debian-archive-keyring | knows the signatures of their packages |
test | debhelper | makes the Debian package |
test | curl | downloads, in the install script; writes comments, as actions do |
test | wget | does so where there is no curl |
soak | qemu-user-static | runs the static program of arm64 |
package | debhelper | makes the Debian package |
package | lintian | checks it |
package | rpm | makes the RPM package |
package | jq | writes down what a release is made of |
lint | clang | second compiler |
lint | clang-format | formatting |
lint | clang-tidy | static analysis |
lint | cppcheck | static analysis |
lint | shellcheck | checks the shell scripts |
lint | mandoc | checks the man pages |
fuzz | clang | compiles the fuzz targets |
fuzz | libclang-rt-dev | libFuzzer and its sanitizers |
'

list=
case ${1:-} in --packages | --known) list=$1; shift ;; esac
wanted=" ${*:-build} "
missing=() reasons=()
while IFS='|' read -r group package why known; do
	group=${group// /} package=${package// /} why=${why# } why=${why% }
	read -r old new <<<"$known"
	[[ -n $group && $wanted == *" $group "* ]] || continue
	case $list in
	--packages) echo "$package" ;;
	--known) [[ -z $old ]] || echo "$package $old $new" ;;
	esac
	[[ -z $list ]] || continue
	if command -v dpkg-query >/dev/null && [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]]; then
		continue
	fi
	missing+=("$package")
	reasons+=("$(printf '  %-22s%s' "$package" "$why${old:+ ($old to $new are known to work)}")")
done <<<"$table"

[[ ${#missing[@]} -gt 0 ]] || exit 0
if ! command -v apt-get >/dev/null; then
	printf 'This system has no apt-get. reconcile needs, by their Debian names:\n' >&2
	printf '%s\n' "${reasons[@]}" >&2
	printf 'Install their equivalents, then run make again. (pkg-config names: libcurl libnghttp2 libcjson libgit2 yaml-0.1 libcrypto libprotobuf-c zlib cmocka)\n' >&2
	command -v pkg-config >/dev/null && pkg-config --exists libcurl libnghttp2 libcjson libgit2 yaml-0.1 libcrypto libprotobuf-c zlib && command -v protoc-c >/dev/null && exit 0
	exit 1
fi

printf 'Installing what is missing, with apt-get:\n' >&2
printf '%s\n' "${reasons[@]}" >&2
as_root=()
[[ $(id -u) -eq 0 ]] || as_root=(sudo)
apt_options=(-o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
install() {
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "${apt_options[@]}" install -y -qq --no-install-recommends \
		"${missing[@]}" >/dev/null
}
# Some package feeds of the machine may be out of reach; what is needed comes from the distribution's own.
install 2>/dev/null || { "${as_root[@]}" apt-get "${apt_options[@]}" update -qq >/dev/null || true; install; }
