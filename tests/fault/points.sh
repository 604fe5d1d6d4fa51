# shellcheck shell=bash source-path=SCRIPTDIR
# Which calls of a traced run are points of the crash matrix, and whether each of them was really hit.

# What the program uses to change something or to speak to somebody. Reading and waiting change nothing: between two of
# these calls there is no state that one of them does not stand for.
# shellcheck disable=SC2034
CALLS=write,pwrite64,writev,sendto,sendmsg,connect,openat,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,mkdir,mkdirat,symlink,ftruncate,fchmod,chown,fsync,fdatasync,syncfs
# shellcheck disable=SC2034
ENOSPC_CALLS=write,pwrite64,openat,mkdir,mkdirat,link,rename,renameat

# The main thread's calls as "CALL N LINE"; N counts as strace does, for each name on its own.
numbered() { # trace
	awk 'NR == 1 { main = $1 }
		$1 == main && match($2, /^[a-z0-9]+\(/) {
			call = substr($2, 1, RLENGTH - 1)
			$1 = ""
			print call, ++count[call], $0
		}' "$1"
}

# An open counts where it may create, and a mkdir where it did, or may another time: libgit2 tries to make a folder for
# nearly every object, and which are there already differs from run to run.
effects() { awk '($1 == "openat" && !/O_CREAT/) || $1 == "execve" || ($1 == "mkdir" && /EEXIST/ && !/\/objects\//) { next } { print }'; }

# Connecting and asking changes nothing on disk and nothing on the Engine: between two calls that do, every such call of
# one kind (the same request but for ids and numbers; any frame of HTTP/2) finds the same state, and the first stands for them.
# one_of, a pattern of calls: of all those between two calls that change something the first one stands for them, syncs
# among them, as who is killed loses nothing that was handed to the kernel. What is printed counts as a change: BuildX may be
# at work meanwhile. What TLS hides may be a change, once a journal is there: the first of each length stands for those
# that ask the same again.
# What is printed fails in one way wherever it is: one in PRINTED stands for them, where that is said.
# FAULT_ALL=1: every one of them is a point. Which are left: "CALL N", and for each call how many there are: "CALL last N".
distinct() { # [one_of [printed]]
	awk -v all="${FAULT_ALL:-}" -v one_of="${1:-}" -v printed="${2:-1}" '
		{ last[$1] = $2; asks = $1 ~ /^(connect|send)/ && !/"(POST|PUT|DELETE) / }
		!all && one_of != "" {
			journal = journal || $1 == "fdatasync"
			hidden = journal && /"\\27\\3\\3/ && !seen[$NF]++
			if ((!stood || hidden) && $1 ~ one_of) { print $1, $2; stood = 1 }
			if (!asks && $1 !~ /sync/) { stood = 0; split("", seen) }
			next
		}
		!all && /^write [0-9]+ +write\([12]</ && count++ % printed { next }
		!all && asks {
			kind = $1 " " (match($0, /"[A-Z]+ \/[^ "]*|sun_path="[^"]*/) ? substr($0, RSTART, RLENGTH) : "frame")
			gsub(/[0-9a-f]+/, "N", kind)
			if (!seen[kind]++) print $1, $2
			next
		}
		{ split("", seen); print $1, $2 }
		END { for (call in last) if (call != "openat" && (all || call !~ /^(connect|send)/)) print call, "last", last[call] }'
}

points_of() { # scenario trace mode…
	local scenario=$1 trace=$2 mode
	shift 2
	for mode in "$@"; do
		numbered "$trace" | effects | if [[ $mode == eio ]]; then awk '$1 ~ /sync/'; else cat; fi |
			case $mode in
			kill) distinct "${KILL_ONE_OF:-}" ;;
			enospc) distinct "" 8 ;;
			*) distinct ;;
			esac |
			awk -v s="$scenario" -v m="$mode" -v enospc=",$ENOSPC_CALLS," '
			m == "enospc" && !index(enospc, "," $1 ",") { next }
			$2 == "last" { print s, m, $1, $3 + 1 "+"; next }
			$1 == "mkdir" { for (n = $2 - 1; n <= $2 + 1; n++) if (n > 0 && !seen[n]++) print s, m, $1, n; next }
			{ print s, m, $1, $2 }'
	done
}

# The call that was hit, whole also where the line of another thread came between its beginning and its end.
hit_line() { # mode; the trace on stdin
	awk -v mode="$1" '
		function whole() { return $0 ~ /resumed>/ ? begun[$1] : $0 }
		$2 ~ /^[a-z0-9]+\(/ { begun[$1] = $0 }
		/ \+\+\+ / { next }
		mode == "kill" { hit = whole(); next }
		mode ~ /^(int|term)$/ { if (index($0, "--- SIG" toupper(mode) " ")) { hit = last; exit } last = whole(); next }
		/\(INJECTED\)/ { hit = whole(); exit }
		END { if (hit != "") print hit }'
}

# A call without what differs from run to run: ids, counters, prefixes, sizes, and the result.
shape() {
	sed -E -e 's/ *<unfinished .*//' -e 's/ = [^=]*$//' -e 's/^ *[0-9]+ +//' -e 's/^ +//' -e 's/ *\(INJECTED\)//' -e 's/\)$//' \
		-e 's#objects/[0-9a-f]{2}\b(/[0-9a-f]{38})?#objects/X#g' -e 's/[0-9a-f]{12,}(-[0-9]+)?/H/g' -e 's/f[0-9]+-(trace|chase[0-9]+|[0-9]+)-[far]/P/g' \
		-e 's#/[^" >]*/(trace|chase[0-9]+|[0-9]+)-(first|apply|many|reset)#W#g' -e 's/-x[0-9]+/-xN/g' -e 's/<socket:[^>]*>/<socket>/g' \
		-e 's#"[^"]*/docker\.sock#"docker.sock#' \
		-e 's#/proc/[0-9]+/#/proc/N/#g' -e 's/[0-9]+/N/g' |
		case $1 in # bytes of frames and of packed objects say nothing
		sendto) sed -E -e '/"[A-Z]+ \//!s/".*/"frame"/' -e 's/ *(HTTP|Host:).*//' ;;
		write | pwrite64) sed -E 's/,.*//' ;;
		*) cat ;;
		esac
}

# Points of the traced run whose like no run was hit at, as "CALL N SHAPE".
missed_of() { # scenario mode trace results
	local call
	grep "^$1 $2 " "$top/points" | awk '{print $3}' | sort -u | while read -r call; do
		tried_of "$@" | awk -v c="$call" '$1 == c' >"$top/tried"
		paste -d' ' <(cut -d' ' -f2 "$top/tried") <(cut -d' ' -f3- "$top/tried" | shape "$call") |
			grep -vF -f <(grep "^$1 $2 $call " "$4" | grep -v 'not reached' | cut -f2 | shape "$call" | sort -u; echo "no call") |
			sort -u -k 2 | sed "s/^/$call /"
	done
}
tried_of() { # scenario mode trace: its points, as numbered() prints them
	numbered "$3" | effects | awk -v s="$1" -v m="$2" 'NR == FNR { if ($1 == s && $2 == m) point[$3, $4]; next } ($1, $2) in point' "$top/points" -
}
