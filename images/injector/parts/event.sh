# Events: what the agent says, one JSON object a line, on stdout; the latest of each kind is kept for `status`. The two of
# peers are only answers to `agent update`, and printed by it.
#
#   {"event":"start","mode","uid","attempt","handle","epochMs"}
#   {"event":"applied","mode","uid","attempt","handle","interface","epochMs","holdMs"[,"engine":"bpf"]}
#   {"event":"peers","mode","uid","attempt","handle","generation","rules","epochMs"}
#   {"event":"peersRefused","mode","uid","attempt","handle","generation","message"}
#   {"event":"report","mode","uid","attempt","handle","interface","applied","clean","reason","message","appliedAtMs",
#    "endedAtMs"[,"engine":"bpf"][,"egress":{"seen","passed"}][,"ingress":{"seen","passed"}]
#    [,"verify":{"before":CHECK[,"during":CHECK][,"after":CHECK]}]}   CHECK: {"tries"[,"us"]}, microseconds when it succeeded
# epochMs of applied is the moment the install returned. appliedAtMs is 0 when nothing was applied; endedAtMs is the
# moment at which the fault was gone (the report's own when there was none). seen and passed count packets, a segment of
# a large TCP buffer as one: those that the fault could have hit, and those it let pass. They are there for the
# directions whose counters could be read.
#
# Reasons: Elapsed Stopped Terminated Deadline (the fault was applied for its time, or until a stop, TERM or the
# deadline), OwnResidue Expired InterfaceNotFound ForeignQdisc AlreadyFaulted NetemUnavailable NotPermitted
# InstallFailed Unverified BadInput PeersUnresolved ExceptionUnresolved (nothing is applied), RevertFailed (something is left), Reaped. Stopped and
# Terminated come with applied false as well, when the request came before the fault was proven.

readonly TERMINATION_LOG=/dev/termination-log
readonly START_FILE=/dev/squall.start APPLIED_FILE=/dev/squall.applied REPORT_FILE=/dev/squall.report
# Keeps the report far below the 4096 bytes that Kubernetes keeps of a termination message.
readonly LONGEST_MESSAGE=500
# Inside [ ]: printable ASCII without the quote and the backslash.
readonly PLAIN=']-~ !#-['

mode=run
interface=
applied=false
applied_at=0
ended_at=
clean=true
# What loses the packets where that is not netem.
engine=

# quote TEXT: answers in quoted: TEXT as a JSON string, cut at LONGEST_MESSAGE characters; what is not printable ASCII
# becomes a space.
quote() {
	rest=$1
	if [ ${#rest} -gt "$LONGEST_MESSAGE" ]; then
		rest=$(printf "%.${LONGEST_MESSAGE}s" "$rest")
	fi
	quoted=
	while [ -n "$rest" ]; do
		# shellcheck disable=SC2295 # a pattern, which quotes would take its ranges from
		plain=${rest%%[!$PLAIN]*}
		quoted=$quoted$plain
		rest=${rest#"$plain"}
		case $rest in
		'"'*) quoted="$quoted\\\"" ;;
		\\*) quoted="$quoted\\\\" ;;
		?*) quoted="$quoted " ;;
		esac
		rest=${rest#?}
	done
	quoted="\"$quoted\""
}

# is_number TEXT: a decimal number of at most 15 digits that no shell reads as octal.
is_number() {
	case $1 in
	'' | *[!0-9]* | 0?* | ????????????????*) return 1 ;;
	esac
}

# number VALUE: answers in number: VALUE, or 0 when it is not one.
number() {
	number=0
	! is_number "$1" || number=$1
}

# Answers in common: the members that every event has.
identify() {
	quote "${SQUALL_UID-}"
	number "${SQUALL_ATTEMPT-}"
	common="\"mode\":\"$mode\",\"uid\":$quoted,\"attempt\":$number"
	quote "${SQUALL_HANDLE-}"
	common="$common,\"handle\":$quoted"
}

# say FILE JSON: the file first, since stdout can block when nobody reads the container's log.
say() {
	printf '%s\n' "$2" >"$1"
	printf '%s\n' "$2"
}

say_start() {
	identify
	epoch_ms
	say "$START_FILE" "{\"event\":\"start\",$common,\"epochMs\":$epoch}"
}

say_applied() {
	identify
	engine_member
	quote "$interface"
	say "$APPLIED_FILE" \
		"{\"event\":\"applied\",$common,\"interface\":$quoted,\"epochMs\":$applied_at,\"holdMs\":$hold_ms$engine_member}"
}

# Answers in members: the counters that are known, as JSON members, each with a comma before it.
counter_members() {
	members=
	[ -z "$egress_seen" ] || members=",\"egress\":{\"seen\":$egress_seen,\"passed\":$egress_passed}"
	[ -z "$ingress_seen" ] || members="$members,\"ingress\":{\"seen\":$ingress_seen,\"passed\":$ingress_passed}"
}

# Answers in engine_member: what loses the packets, where that is not netem, with a comma before it.
engine_member() {
	engine_member=${engine:+",\"engine\":\"$engine\""}
}

# finish REASON MESSAGE: reports and exits.
finish() {
	trap - EXIT
	epoch_ms
	identify
	quote "$interface"
	report="{\"event\":\"report\",$common,\"interface\":$quoted,\"applied\":$applied,\"clean\":$clean"
	quote "$2"
	report="$report,\"reason\":\"$1\",\"message\":$quoted,\"appliedAtMs\":$applied_at,\"endedAtMs\":${ended_at:-$epoch}"
	counter_members
	engine_member
	verify_member
	report="$report$engine_member$members$verify_member}"
	printf '%s\n' "$report" >"$TERMINATION_LOG"
	say "$REPORT_FILE" "$report"
	[ ! -e "$STOP_FLAG" ] || await_hearing
	[ "$clean" = true ]
	exit
}

# The end of this process is the end of every process in the container, so whoever asked for the stop would not get to
# hear the report.
await_hearing() {
	wake "$TOLD"
	tries=0
	while [ ! -e "$HEARD" ] && [ "$tries" -lt 10 ]; do
		tries=$((tries + 1))
		wait_ms 100
	done
}

# say_again FILE: the event that was said last of its kind.
say_again() {
	read -r latest <"$1"
	printf '%s\n' "$latest"
}

# The verb: the latest event; while the fault is applied, with its counters as they are now.
status() {
	latest=
	for file in "$START_FILE" "$APPLIED_FILE" "$REPORT_FILE"; do
		[ ! -s "$file" ] || read -r latest <"$file"
	done
	[ -n "$latest" ] || latest='{"event":"none"}'
	case $latest in
	'{"event":"applied"'*)
		check_identity && look && count_now
		counter_members
		latest="${latest%\}}$members}"
		;;
	esac
	printf '%s\n' "$latest"
}
