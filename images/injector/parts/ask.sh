# Asking: what another process of the container wants of the agent, `agent stop` and `agent update`. It needs only
# clock.sh and event.sh: reading the other parts takes its time on a slow node.

readonly STOP_FLAG=/dev/squall.stop WAKE=/dev/squall.wake
# By these `agent stop` hears of the report, and the agent that the report was heard.
readonly TOLD=/dev/squall.told HEARD=/dev/squall.heard
readonly REPORT_PATIENCE_MS=5000
# What `agent update` asks for: a line `GENERATION ID [COUNT]`, then rule lines; and what came of it.
readonly UPDATE=/dev/squall.update ANSWERED=/dev/squall.answered
# On a slow node thousands of peers take some seconds.
readonly UPDATE_PATIENCE_MS=15000

# The flag comes first: an agent that has no ears yet still finds it.
stop() {
	printf '' >"$STOP_FLAG" || exit 1
	open_wait "$TOLD" || exit 1
	wake "$WAKE"
	uptime_ms
	until=$((uptime + REPORT_PATIENCE_MS))
	while [ ! -s "$REPORT_FILE" ] && [ "$uptime" -lt "$until" ]; do
		wait_ms $((until - uptime))
		uptime_ms
	done
	[ ! -s "$REPORT_FILE" ] || say_again "$REPORT_FILE"
	printf '' >"$HEARD"
	wake "$WAKE"
}

# The verb: stdin is a line `GENERATION [COUNT]`, then a whole new set of rule lines; with COUNT it is taken only when it
# has so many.
update() {
	mode=run
	read -r asked_generation count
	case $asked_generation in
	'' | *[!0-9a-f]* | ?????????????????*) refuse_update 'a generation is 1 to 16 hexadecimal digits' ;;
	esac
	[ -z "$count" ] || is_number "$count" || refuse_update 'the number of rules is not a number'
	[ ! -s "$REPORT_FILE" ] || refuse_update 'the fault is over'
	request=$UPDATE.$asked_generation-$$
	{
		printf '%s\n' "$asked_generation $asked_generation-$$ $count"
		cat
	} >"$request" || refuse_update "cannot write $request"
	# Every line has its end; without that of the last one, an address may be half of one.
	[ -z "$(tail -c 1 "$request")" ] || refuse_update 'the set is cut off'
	open_wait "$ANSWERED" || refuse_update "$error"
	mv "$request" "$UPDATE" || refuse_update "cannot write $UPDATE"
	wake "$WAKE"
	uptime_ms
	until=$((uptime + UPDATE_PATIENCE_MS))
	while [ ! -s "$request.answer" ]; do
		[ ! -s "$REPORT_FILE" ] || refuse_update 'the fault is over'
		uptime_ms
		[ "$uptime" -lt "$until" ] || refuse_update "the agent did not answer within $UPDATE_PATIENCE_MS ms"
		wait_ms 100
	done
	read -r answered <"$request.answer"
	rm -f "$request.answer"
	printf '%s\n' "$answered"
	case $answered in
	'{"event":"peers",'*) exit 0 ;;
	esac
	exit 1
}

refuse_update() {
	identify
	quote "$asked_generation"
	common="$common,\"generation\":$quoted"
	quote "$1"
	printf '%s\n' "{\"event\":\"peersRefused\",$common,\"message\":$quoted}"
	exit 1
}
