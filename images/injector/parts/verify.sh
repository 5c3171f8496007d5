# Verify: whether the target reaches somebody over TCP, and how long that takes, before it has its fault, while it has it
# and after it. It only tells; nothing depends on it.
#
# SQUALL_VERIFY is `HOST PORT SECONDS`: a literal address or a DNS name, and how long one try may take (1 to 3 s). A phase
# ends with the first try that succeeds. Its time is from the start of the process that connects to the start of the one
# that it hands the connection to, so it has the start of two processes in it.

readonly VERIFY_TRIES=3
readonly VERIFY_LOOK_S=2
# What a try that has connected leaves, in a file for each phase, and what the check while the fault is held has found.
readonly CONNECTED=/dev/squall.connected FOUND=/dev/squall.found

verify_address='' verify_port='' verify_s=''
# JSON objects, empty while nothing is known.
verified_before='' verified_during='' verified_after=''
# The process id of the check while the fault is held.
verify_job=''

check_verify() {
	[ -n "${SQUALL_VERIFY-}" ] || return 0
	read -r verify_host verify_port verify_s verify_rest <<-END
		$SQUALL_VERIFY
	END
	case $verify_host in
	'' | -* | *[!A-Za-z0-9_.:-]*) ;;
	*) is_number "$verify_port" && [ -z "$verify_rest" ] && case $verify_s in [1-3]) return 0 ;; esac ;;
	esac
	error="SQUALL_VERIFY takes a host, a port and 1 to 3 seconds, got $SQUALL_VERIFY"
	return 1
}

verify_before() {
	[ -n "$verify_port" ] || return 0
	case $verify_host in
	*[!0-9.]*) case $verify_host in *:*) verify_address=$verify_host ;; esac ;;
	*) verify_address=$verify_host ;;
	esac
	if [ -z "$verify_address" ]; then
		resolved=$(timeout -s KILL "$VERIFY_LOOK_S" /usr/bin/getent ahosts "$verify_host" 2>/dev/null)
		verify_address=${resolved%%[ "$NL"]*}
	fi
	try_to_connect before
	verified_before=$verified
}

# In another process: the hold does not wait for it.
verify_during() {
	[ -n "$verify_address" ] || return 0
	{
		trap - EXIT
		try_to_connect during
		printf '%s\n' "$verified" >"$FOUND"
	} >/dev/null 2>&1 3<&- 4<&- &
	verify_job=$!
}

# To be called before the fault is taken away: what connects afterwards says nothing of it.
take_verified() {
	if [ -s "$FOUND" ]; then
		read -r verified_during <"$FOUND"
	elif [ -n "$verify_job" ]; then
		kill -KILL "$verify_job" 2>/dev/null
	fi
}

verify_after() {
	[ -n "$verify_address" ] || return 0
	try_to_connect after
	verified_after=$verified
}

# try_to_connect PHASE: answers in verified. Nobody who asks for the end waits for more than one try.
try_to_connect() {
	tries=0
	verified='{"tries":0}'
	[ -n "$verify_address" ] || return 0
	while [ "$tries" -lt "$VERIFY_TRIES" ] && ! stop_requested; do
		tries=$((tries + 1))
		verified="{\"tries\":$tries}"
		rm -f "$CONNECTED.$1"
		# shellcheck disable=SC3028 # a variable of busybox's ash
		began=$EPOCHREALTIME
		# shellcheck disable=SC2016 # for the shell that gets the connection
		nc -w "$verify_s" "$verify_address" "$verify_port" -e /bin/sh -c 'echo "$EPOCHREALTIME" >"$0"' "$CONNECTED.$1" \
			>/dev/null 2>&1 </dev/null
		[ -s "$CONNECTED.$1" ] || continue
		read -r connected <"$CONNECTED.$1"
		micros=$((${connected%.*}${connected#*.} - ${began%.*}${began#*.}))
		[ "$micros" -gt 0 ] || micros=0
		verified="{\"tries\":$tries,\"us\":$micros}"
		return 0
	done
}

# Answers in verify_member: what was found, as a JSON member with a comma before it.
verify_member() {
	verify_member=''
	[ -n "$verified_before" ] || return 0
	verify_member=",\"verify\":{\"before\":$verified_before${verified_during:+,\"during\":$verified_during}"
	verify_member="$verify_member${verified_after:+,\"after\":$verified_after}}"
}
