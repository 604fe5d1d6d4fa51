# shellcheck shell=bash source-path=SCRIPTDIR
# The matrix that the crash and the power test go through: scenarios, the points of each, and what has to hold after every
# one of them. The points come from a traced run of the same scenario, so that they are all of them.
#
# strace counts calls for each thread on its own; with --parallel 1 one thread carries out all steps, and the Nth call is
# the same one every time. Children leave the trace when they begin (-b execve): docker and BuildX are never hit, and live
# on when reconcile dies. SIGKILL arrives before the call is carried out: what is tried is the state between each two calls.
#
# Whoever sources this sets name, modes, scenarios and workers, may redefine the functions below, and calls matrix_begin(),
# which makes the folder $top, and matrix_points(). FAULT_KEEP leaves $top behind.
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=points.sh
. "$here/points.sh"

HANG=1200 # seconds after which a run is said to hang
SLOW=(--timeout 60) # a machine with much to do is no fault
TAIL_MAX=8 # how far past the end of the traced run to look for calls that it did not make

top_removed() { rm -rf "$top"; }
before_hit() { :; } # everything is ready for the run that will be hit
after_hit() { :; }  # it was hit and is gone
top_made() { :; }   # the folder for everything is there
is_point() { :; }   # scenario mode call n: whether this call is tried

# --- scenarios -----------------------------------------------------------------------------------------------------------
# start: what there is; prepare: what is wanted; run: the run that is hit; undo: it is not wanted any more; wanted: what the
# audit is to find after the next run.

# Each round is one apply with a replacement, a removal, a creation, two files repaired as one batch, and a selection. Names and
# options go on counting, so that every round makes the same calls (no object of an earlier one will do for the history) and
# ends where the next one begins. Daemons are not asked: that is a scenario of its own (reset), and how many frames their
# answers take differs from run to run. FAULT_ALL=1: they are.
state_apply() {
	printf 'version: 1\nselected: %s\nbuilders:\n' "$P-x$k"
	printf '  %s: {driver: docker-container, driver-opts: {restart-policy: "on-failure:%s"}}\n' "$P-a" "$k"
	printf '  %s: {driver: docker-container}\n' "$P-x$k"
	printf '  %s: {state: absent}\n' "$P-x$1"
}
start_apply() { k=1001 x=1001; state_apply 1000 >state.yaml; "$reconcile" --apply --yes -q -f state.yaml; }
prepare_apply() {
	cp state.yaml before.yaml
	x_before=$x k=$((k + 1))
	state_apply "$x" >state.yaml
	x=$k
	printf 'cut %s' "$k" >store/instances/broken
	printf 'also cut %s' "$k" >store/instances/broken-too
}
undo_apply() { x=$x_before; mv before.yaml state.yaml; }
run_apply() {
	local probe=(--no-probe)
	[[ -z ${FAULT_ALL:-} ]] || probe=()
	"$@" "$reconcile" --apply --yes --parallel 1 "${probe[@]}" -f state.yaml
}
wanted_apply() { echo "$P-a:running $P-x$x:running"; }

# Many files at once: builders that are noted and stay asleep, their files staged and synced as one (apply/batch.c), and
# damaged files whose bytes the record takes as one (history/private.c). Names go on counting; what there was is taken away
# by hand, so that every round writes as much.
MANY=16
state_many() {
	local i
	printf 'version: 1\nbuilders:\n'
	for ((i = 0; i < MANY; i++)); do printf '  %s: {driver: docker-container, bootstrap: false}\n' "$P-x$k-$i"; done
}
start_many() { k=1001; state_many >state.yaml; "$reconcile" --apply --yes -q -f state.yaml; }
prepare_many() {
	local i
	k=$((k + 1))
	rm -rf store/instances store/activity
	mkdir store/instances store/activity
	for ((i = 0; i < MANY; i++)); do printf 'cut %s' "$k-$i" >"store/instances/broken-$i"; done
	state_many >state.yaml
}
undo_many() { :; }
run_many() { run_apply "$@"; }
wanted_many() { for ((i = 0; i < MANY; i++)); do echo "$P-x$k-$i:inactive"; done; }

start_reset() {
	printf 'version: 1\nbuilders: {%s: {driver: docker-container}}\n' "$P-a" >state.yaml
	"$reconcile" --apply --yes -q -f state.yaml
}
prepare_reset() { cp state.yaml before.yaml; }
undo_reset() { :; }
run_reset() { "$@" "$reconcile" --reset --yes --parallel 1 -f state.yaml "$P-a"; }
wanted_reset() { echo "$P-a:running"; }

# Nothing is there at all: the store's folder, the history and its key are made.
start_first() { printf 'version: 1\nselected: %s\nbuilders: {%s: {driver: docker-container, bootstrap: false}}\n' "$P-a" "$P-a" >state.yaml; }
prepare_first() {
	rm -rf store history.git*
	printf 'version: 1\nbuilders: {%s: {state: absent}}\n' "$P-a" >before.yaml
}
undo_first() { :; }
run_first() { run_apply "$@"; }
wanted_first() { echo "$P-a:inactive"; }

# --- one point ---------------------------------------------------------------------------------------------------------

inject() { # mode call n
	case $1 in
	kill) echo "$2:signal=SIGKILL:when=$3" ;;
	enospc) echo "$2:error=ENOSPC:when=$3" ;;
	eio) echo "$2:error=EIO:when=$3" ;;
	int) echo "$2:signal=SIGINT:when=$3" ;;
	term) echo "$2:signal=SIGTERM:when=$3" ;;
	esac
}

# The run that is hit. Sets code; hit: the call, as strace saw it, or empty when the run never made it.
run_hit() { # scenario mode call n
	{ "run_$1" timeout "$HANG" strace -f -b execve -qq -y -s 160 -o "$O"/trace -e "trace=$3,execve" -e "inject=$(inject "${@:2}")"; } \
		</dev/null >"$O"/hit.out 2>"$O"/hit.err
	code=$?
	((code != 124)) || echo "$*: the run that was hit hung for $HANG s" >>"$O"/problems
	hit=$([[ $2 == kill && $code -ne 137 ]] || hit_line "$2" <"$O"/trace)
}

# What the run that was hit says must be true.
truth_kill() { :; }
truth_int() { stopped_truth "$1"; }
truth_term() { stopped_truth "$1"; }
truth_enospc() { truth; }
truth_eio() { truth; }
truth() {
	case $code in
	0) "$reconcile" --check -f state.yaml >"$O"/check.out 2>&1 || echo "ended with 0, and yet: $(tail -n 3 "$O"/check.out)" ;;
	7) "$reconcile" --check -f before.yaml >"$O"/check.out 2>&1 || echo "says it was rolled back (7), and yet: $(cat "$O"/check.out)" ;;
	*) [[ -s "$O"/hit.err ]] || echo "ended with $code and not a word" ;;
	esac
	((code < 128)) || echo "ended with $code"
}

# The next run: it says what happened, converges, and nothing is left.
next_run() { # scenario mode
	local begun before was changed=0 said=''
	history_read
	begun=$unfinished before=$records was=$interrupted
	[[ ! -e store/.reconcile.lock ]] || said=$(tr -d "\0" <store/.reconcile.lock)
	timeout "$HANG" "$reconcile" --apply --yes --lock-timeout 600 "${SLOW[@]}" -f state.yaml </dev/null >"$O"/next.out 2>"$O"/next.err || echo "the next run ended with $?: $(cat "$O"/next.out "$O"/next.err)"
	grep -q '^No changes' "$O"/next.out || changed=1
	[[ -z $said || $(<"$O"/next.err) == *"took over the lock"* ]] || echo "not a word about the lock that was left: $(cat "$O"/next.err)"
	((begun == 0)) || grep -q 'did not end' "$O"/next.err || echo "not a word about the run that did not end"
	history_read
	((interrupted == was + begun)) || echo "interrupted records: $was, $begun begun, now $interrupted"
	((records == before + begun + changed)) || echo "records: $before before, $begun begun, $changed made, now $records"
	"$reconcile" --check "${SLOW[@]}" -f state.yaml >"$O"/check.out 2>&1 || echo "--check ended with $?: $(cat "$O"/check.out)"
	grep -q '^No changes' "$O"/check.out || echo "--check: $(cat "$O"/check.out)"
	# shellcheck disable=SC2046
	audit $("wanted_$1")
	# What was kept for a rollback goes, so that rounds do not add up; and that works on what a cut-off run left, too.
	"$reconcile" --gc --yes --no-retain "${SLOW[@]}" </dev/null >"$O"/gc.out 2>&1 || echo "--gc ended with $?: $(cat "$O"/gc.out)"
	[[ ! -e history.git/reconcile.leftovers ]] || echo "--gc left: $(cat history.git/reconcile.leftovers)"
}

# A line in `results`: what was tried, the call that was hit; what is wrong goes to `problems`.
point() { # scenario mode call n
	local wrong before=''
	"prepare_$1"
	[[ -n ${FAULT_ALL:-} ]] || before=$(state_of_things)
	before_hit
	run_hit "$@"
	after_hit
	wrong=$("truth_$2" "$2")
	# Where only the history has changed, the next run may as well be one that wants no more of it: no node has to be booted
	# to see what became of the run. FAULT_ALL=1: it always wants the same again.
	[[ -z $before || $(state_of_things) != "$before" ]] || "undo_$1"
	wrong+=$(next_run "$@")
	printf '%s\t%s\n' "$*" "${hit:-not reached}" >>"$O"/results
	[[ -n $wrong ]] || return 0
	printf '%s: hit %s, exit %s\n%s\n' "$*" "${hit:-nothing}" "$code" "$wrong" >>"$O"/problems
	printf '# %s: %s\n' "$*" "$wrong" >&2
}

# --- all points --------------------------------------------------------------------------------------------------------

world_of() { # scenario worker
	world_clear "f$$-$2-"
	world "$top/$2-$1" "f$$-$2-${1:0:1}"
	"start_$1" >"$O"/start.out 2>&1 || { cat "$O"/start.out >&2; echo "worker $2 could not start $1" >>"$O"/problems; exit 1; }
}

# The first rounds of a history write objects that later ones find: what is traced is a round like all the later ones.
trace_points() { # scenario
	world_of "$1" trace
	for _ in 1 2 3; do
		"prepare_$1"
		before_hit
		"run_$1" strace -f -b execve -qq -y -s 160 -o "$O"/trace -e "trace=execve,$CALLS" </dev/null >"$O"/hit.out 2>"$O"/hit.err ||
			{ cat "$O"/hit.out "$O"/hit.err >&2; exit 1; }
	done
	cp "$O"/trace "$top/calls-$1"
	cd "$top" && world_clear "f$$-trace-"
	points_of "$1" "$top/calls-$1" "${modes[@]}" | while read -r scenario mode call n; do
		! is_point "$scenario" "$mode" "$call" "$n" || echo "$scenario $mode $call $n"
	done >>"$top/points"
}

# Every call's count may grow a little from run to run (frames of HTTP/2): go on until a run is not hit.
tail_of() { # scenario mode call n
	local n
	for ((n = $4; n < $4 + TAIL_MAX; n++)); do
		point "$1" "$2" "$3" "$n"
		[[ -n $hit ]] || break
	done
}

work() { # worker
	local scenario last='' mode call n number=0
	while read -r scenario mode call n; do
		((number++ % workers == $1)) || continue
		if [[ $scenario != "$last" ]]; then world_of "$scenario" "$1"; last=$scenario; fi
		if [[ $n == *+ ]]; then tail_of "$scenario" "$mode" "$call" "${n%+}"; else point "$scenario" "$mode" "$call" "$n"; fi
	done <"$top/points"
	cd "$top" && world_clear "f$$-$1-"
}

# How many frames an answer takes, and how many lines BuildX prints, differs a little from run to run, so that the Nth call
# is now and then another one than in the traced run. What was missed is looked for where the run just made shows it to be,
# or further on, more than once: it moves.
chase() { # worker
	local scenario mode call n shape last='' number=0
	while read -r scenario mode call n shape; do
		((number++ % workers == $1)) || continue
		if [[ $scenario != "$last" ]]; then world_of "$scenario" "chase$1"; last=$scenario; fi
		chase_one "$scenario" "$mode" "$call" "$n" "$shape" </dev/null
	done <"$top/missed"
	cd "$top" && world_clear "f$$-chase$1-"
}
chase_one() { # scenario mode call n shape
	local try n=$4 seen
	local beside=(0 0 1 -1 2 -2 1 -1) # a history may find every other round's objects again
	for ((try = 0; try < ${#beside[@]}; try++)); do
		point "$1" "$2" "$3" "$n"
		[[ -z $hit || $(shape "$3" <<<"$hit") != "$5" ]] || break
		seen=$(numbered "$O"/trace | awk -v c="$3" '$1 == c' | cut -d' ' -f3- | shape "$3" | grep -nxF -m1 -- "$5")
		if [[ -n $seen ]]; then n=$((${seen%%:*} + beside[try])); else n=$(($4 + try + 1)); fi
		((n > 0)) || n=1
	done
}
missed() {
	local scenario mode
	cat "$top"/*/results >"$top/all"
	for scenario in "${scenarios[@]}"; do
		for mode in "${modes[@]}"; do
			missed_of "$scenario" "$mode" "$top/calls-$scenario" "$top/all" | sed "s/^/$scenario $mode /"
		done
	done
}

report() {
	local scenario mode
	cat "$top"/*/results >"$top/all" 2>/dev/null
	cat "$top"/*/problems >"$top/wrong" 2>/dev/null
	for scenario in "${scenarios[@]}"; do
		for mode in "${modes[@]}"; do
			report_of "$scenario" "$mode"
		done
	done
	printf '# %s: %s points tried:' "$name" "$(hits '[a-z]+ [a-z]+')"
	for mode in "${modes[@]}"; do printf ' %s %s,' "$mode" "$(hits "[a-z]+ $mode")"; done
	printf ' and %s runs that ended before theirs\n' "$(grep -c 'not reached' "$top/all")"
}
# A point that was tried twice counts once.
hits() { grep -v 'not reached' "$top/all" | cut -f1 | sort -u | grep -cE "^$1 "; }
report_of() { # scenario mode
	local tried wrong missed
	tried=$(hits "$1 $2")
	wrong=$(grep -A30 "^$1 $2 " "$top/wrong")
	missed=$(missed_of "$1" "$2" "$top/calls-$1" "$top/all")
	# One that moved away each time it was looked for is told; make soak looks until it is hit, or fails.
	if [[ -z $wrong && $tried -gt 0 && (-z $missed || -z ${FAULT_ALL:-}) ]]; then
		ok "$name: $1, $2 at each of $tried points: the next run converges, the audit is clean"
		[[ -z $missed ]] || printf '# moved, and not hit this time: %s\n' "${missed//$'\n'/; }"
	else
		not_ok "$name: $1, $2 at each of $tried points" <<<"$wrong${missed:+
never hit, though the traced run made it:
$missed}"
	fi
}

finish() {
	end_ours "${pids[@]}"
	world_clear "f$$-"
	engines_down
	if [[ -n ${FAULT_ONLY:-} || -n ${FAULT_KEEP:-} ]]; then echo "# kept: $top"; else top_removed; fi
}

one_point() { # scenario mode call n
	world_of "$1" 0
	for _ in 1 2 3; do
		"prepare_$1"
		"run_$1" >/dev/null 2>&1
	done
	point "$@"
	cat "$O"/results "$O"/problems 2>/dev/null
	[[ ! -e $O/problems ]]
}

matrix_begin() {
	top=$(mktemp -d "${TMPDIR:-/tmp}/rc-$name-XXXXXX")
	pids=()
	top_made
	trap finish EXIT
	trap 'exit 130' INT TERM
	cp "$reconcile" "$top"/reconcile # one and the same from the first point to the last
	reconcile=$top/reconcile
}

# Each worker has an engine to itself: a run asks after every node on its engine, and those of others come and go. The
# first has the one that there is.
engines_up() {
	local i
	: >"$top/engine-0"
	for ((i = 1; i < workers; i++)); do
		"$root"/tests/engine/up --owner $$ >"$top/engine-$i" &
		pids+=($!)
	done
	joined
}
engines_down() {
	local engine
	for engine in "$top"/engine-*; do
		[[ ! -s $engine ]] || (eval "$(<"$engine")" && "$root"/tests/engine/down "$RECONCILE_ENGINE_DIR")
	done
}
joined() { # waits for those in pids; false when one of them failed
	local pid code=0
	for pid in "${pids[@]}"; do wait "$pid" || code=$?; done
	pids=()
	return "$code"
}
side_by_side() { # a worker's function
	local i
	for ((i = 0; i < workers; i++)); do
		(eval "$(<"$top/engine-$i")"; "$1" "$i") &
		pids+=($!)
	done
	joined
}

matrix_points() {
	local scenario
	if [[ -n ${FAULT_ONLY:-} ]]; then
		# shellcheck disable=SC2086
		one_point $FAULT_ONLY
		return
	fi
	engines_up || { not_ok "$name: no engines for $workers workers" </dev/null; return 1; }
	for scenario in "${scenarios[@]}"; do (trace_points "$scenario") || return; done
	side_by_side work
	missed >"$top/missed"
	side_by_side chase
	report
	((tap_failed == 0))
}
