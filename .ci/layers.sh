#!/usr/bin/env bash
# Holds the rooms to their order: a file may include its own room, the rooms above it, base/ and model/; and each foreign
# library has one room that uses it.
set -euo pipefail
cd "$(dirname "$0")/.."

order=(base model desired live plan apply history report cli)
rank() {
	local i
	for i in "${!order[@]}"; do
		[[ ${order[i]} == "$1" ]] && { echo "$i"; return; }
	done
	echo -1
}
# header pattern | the rooms that may include it
libraries='
yaml\.h|desired
curl/|live
protobuf-c/|live
buildkit\.pb-c\.h|live
git2|history
cjson/|base model desired live plan apply history report cli
openssl/|base live
'

bad=0
complain() {
	echo "$1" >&2
	bad=1
}
while IFS=: read -r file line text; do
	room=${file#reconciler/} room=${room%%/*}
	other=$(sed -E 's/.*"([a-z]+)\/.*/\1/' <<<"$text")
	[[ $(rank "$other") -ge 0 ]] || complain "$file:$line: \"$other\" is no room"
	[[ $(rank "$other") -le $(rank "$room") ]] || complain "$file:$line: $room/ may not use $other/, which comes after it"
	[[ $room != model || $other == model || $other == base ]] || complain "$file:$line: model/ uses base/ only"
done < <(grep -nHE '^#include "[a-z]+/' reconciler/*/*.[ch])

while IFS='|' read -r pattern rooms; do
	[[ -n $pattern ]] || continue
	while IFS=: read -r file line _; do
		room=${file#reconciler/} room=${room%%/*}
		[[ " $rooms " == *" $room "* ]] || complain "$file:$line: only $rooms may include <$pattern>"
	done < <(grep -nHE "^#include <$pattern" reconciler/*/*.[ch] || true)
done <<<"$libraries"

# plan/ and model/ do no I/O.
while IFS=: read -r file line text; do
	complain "$file:$line: plan/ and model/ do no I/O: $text"
done < <(grep -nHE '\b(fopen|open|read|write|unlink|rename|stat|opendir|getenv|printf|fprintf|puts|system|popen|fork|time|clock_gettime)\(' reconciler/plan/*.c reconciler/model/*.c | grep -vE ':\s*(/?\*|//)' || true)

# Banned calls anywhere: unbounded string functions, a shell, globals that hide in libc.
while IFS=: read -r file line text; do
	complain "$file:$line: banned call: $text"
done < <(grep -nHE '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|system|popen|alloca|setenv|putenv)\(' reconciler/*/*.[ch] | grep -vE ':\s*(/?\*|//)' || true)

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
done < <(wc -l reconciler/*/*.[ch])
exit "$bad"
