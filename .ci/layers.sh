#!/usr/bin/env bash
# Holds the rooms to their arrows: a file may include its own room and those that its room has an arrow to; and each
# foreign library has the rooms that may use it.
# shellcheck disable=SC2046  # no file of ours has a blank in its name
set -euo pipefail
cd "$(dirname "$0")/.."

# room | the rooms that it may include from, besides itself
arrows='
base|
model|base
codec|base model
desired|base model codec
plan|base model codec
history|base model codec
report|base model codec
live/store|base model codec desired
live/http|base model codec
live/engine|base model codec live/http
live/kube|base model codec desired live/http
live/buildkit|base model codec live/http live/engine live/kube
live|base model codec desired live/store live/http live/engine live/kube live/buildkit
apply|base model codec live live/store live/http live/engine live/kube live/buildkit
cli|base model codec desired live live/store live/http live/engine live/kube live/buildkit plan apply history report
'
# header pattern | the rooms that may include it
libraries='
yaml\.h|desired
curl/|live/http
nghttp2/|live/http
protobuf-c/|live/buildkit
buildkit\.pb-c\.h|live/buildkit
git2|history
zlib\.h|history
openssl/|base live/http
'

bad=0
complain() {
	echo "$1" >&2
	bad=1
}
sources() { find reconciler -name '*.[ch]'; }
while IFS= read -r problem; do
	complain "$problem"
done < <(sources | xargs grep -nHE '^#include "[a-z]+/' | awk -F: -v arrows="$arrows" '
	BEGIN {
		rows = split(arrows, row, "\n")
		for (i = 1; i <= rows; i++)
			if (split(row[i], part, "|") == 2) allowed[part[1]] = " " part[1] " " part[2] " "
	}
	{
		room = $1
		sub(/^reconciler\//, "", room)
		sub(/\/[^\/]*$/, "", room)
		other = $3
		sub(/^[^"]*"/, "", other)
		sub(/\/[^\/]*".*$/, "", other)
		if (!(room in allowed)) print $1 ":" $2 ": \"" room "\" is no room"
		else if (!index(allowed[room], " " other " ")) print $1 ":" $2 ": no arrow leads from " room "/ to " other "/"
	}')

while IFS='|' read -r pattern rooms; do
	[[ -n $pattern ]] || continue
	while IFS=: read -r file line _; do
		room=${file#reconciler/} room=${room%/*}
		[[ " $rooms " == *" $room "* ]] || complain "$file:$line: only $rooms may include <$pattern>"
	done < <(sources | xargs grep -nHE "^#include <$pattern" || true)
done <<<"$libraries"

# model/, codec/ and plan/ do no I/O.
while IFS=: read -r file line text; do
	complain "$file:$line: model/, codec/ and plan/ do no I/O: $text"
done < <(grep -nHE '\b(fopen|open|read|write|unlink|rename|stat|opendir|getenv|printf|fprintf|puts|system|popen|fork|time|clock_gettime)\(' reconciler/model/*.c reconciler/codec/*.c reconciler/plan/*.c | grep -vE ':\s*(/?\*|//)' || true)

# Banned calls anywhere: unbounded string functions, a shell, globals that hide in libc.
while IFS=: read -r file line text; do
	complain "$file:$line: banned call: $text"
done < <(grep -nHE '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|system|popen|alloca|setenv|putenv)\(' $(sources) | grep -vE ':\s*(/?\*|//)' || true)

# Memory that may not be there is asked for in one place.
while IFS=: read -r file line text; do
	complain "$file:$line: bare allocation, take base/xalloc.h's: $text"
done < <(grep -nHE '\b(malloc|calloc|realloc|reallocarray|strdup|strndup|v?asprintf|opendir|fdopendir|realpath)\(' $(sources) | grep -vE '^reconciler/base/xalloc\.[ch]:|:\s*(/?\*|//)' || true)

# What one system alone has is behind base/platform.h, process.h and acting.h, in files that end in its name.
while IFS=: read -r file line text; do
	complain "$file:$line: one system alone has it; see base/platform.h: $text"
done < <(grep -nHE '__(APPLE|MACH|linux|gnu_linux)__|<(linux/|libproc|sys/(syscall|sysctl|fsuid|prctl|inotify|epoll|eventfd|signalfd|timerfd|sysmacros|vfs|kauth)\.h)|"/proc/|\b(accept4|pipe2|dup3|syscall|syncfs|sync_file_range|fdatasync|explicit_bzero|memset_s|renameat2|openat2|statx|prctl|memfd_create|copy_file_range|fallocate|close_range|gettid|reallocarray|execvpe|strchrnul|mempcpy|euidaccess)\(|\b(O_PATH|O_TMPFILE|O_SYMLINK|F_FULLFSYNC|SOCK_(CLOEXEC|NONBLOCK)|F_OFD_[A-Z]+|st_[acm]tim(espec)?\b|program_invocation_[a-z_]+)\b' $(sources) | grep -vE '^reconciler/base/[a-z]+_(linux|macos)\.c:|:\s*(/?\*|//)' || true)

# What a driver is like is a column of the table of drivers; no other file knows one by its name.
while IFS=: read -r file line text; do
	complain "$file:$line: a driver's name; ask for a column of model/driver.h: $text"
done < <(grep -nHE '"(docker-container|kubernetes|remote)"|(text_equal|strcmp)\(.*"docker"|driver = "docker"' $(sources | grep -vE 'model/(driver|field)\.c$') || true)

# The top level is fixed.
for entry in *; do
	case $entry in
	reconciler | schemas | states | tests | Makefile | README.md | LICENSE | build) ;;
	*) complain "$entry: not one of the top-level names" ;;
	esac
done

# A file has one responsibility; one that needs more than 500 lines has two.
while read -r lines file; do
	[[ $file == total || $lines -le 520 ]] || complain "$file: $lines lines; split it (about 500 at most)"
done < <(sources | xargs wc -l)
exit "$bad"
