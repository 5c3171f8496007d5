# Following the world: hosts whose addresses change, and `agent update`.
#
# Names are resolved by getent in the pod before the install, and again every REFRESH_MS. While the fault is held all this
# is the work of another process, one at a time, which the hold never waits for. It may be cut short by the end: then its
# filters have no qdisc any more, and tc refuses the rest.

# The latest set that is not in force yet, and what the other process says of its work.
readonly NEXT_PEERS=/dev/squall.peers.next RESULT=/dev/squall.result
readonly GETENT=/usr/bin/getent
# What getent says of the n-th name, in a file of this name, a dot and n.
readonly HOST_ANSWER=/dev/squall.getent
readonly REFRESH_MS=5000
# How long getent may take: a resolver asks again after 5 s. While the fault is held the next time is never far.
readonly FIRST_LOOK_S=12 LOOK_S=4

# The update in force; - for what the run began with.
generation=-
# Addresses are known that are not in force, because tc refused them.
behind=false
# The process id of the other process, and when the names are looked up again.
job=''
next_look=0

# Finds the addresses of the hosts before anything is changed; ends the run when a host has none.
find_hosts() {
	[ "$peers" = true ] && [ -s "$PEERS.names" ] || return 0
	start_job first
	while [ -n "$job" ] && ! stop_requested; do
		wait_ms "$LONGEST_WAIT_MS"
		collect_job
	done
	end_if_stopped
	case $outcome$said in
	done*) ;;
	refused'pass '*) end ExceptionUnresolved "${said#* } does not resolve in the pod" ;;
	refused'hit '*) end PeersUnresolved "${said#* } does not resolve in the pod" ;;
	*) end InstallFailed "$said" ;;
	esac
}

# Notes that the rules in force name hosts, and that queries for them go past the fault.
hosts_are_followed() {
	[ -s "$PEERS.names" ] || return 0
	dns_exempt=true
	uptime_ms
	next_look=$((uptime + REFRESH_MS))
}

# While the fault is held: takes what the other process has done, and gives it what there is to do.
follow_peers() {
	collect_job
	[ -z "$job" ] || return 0
	# It would be in the way of the end.
	[ $((until - uptime)) -gt "$READY_BEFORE_MS" ] || return 0
	if [ -e "$UPDATE" ]; then
		start_job update
	elif [ "$peers" = true ] && [ -s "$PEERS.names" ]; then
		if [ "$uptime" -ge "$next_look" ]; then
			next_look=$((uptime + REFRESH_MS))
			start_job refresh
		elif [ "$next_look" -lt "$next" ]; then
			next=$next_look
		fi
	fi
}

# start_job first|update|refresh: in another process.
start_job() {
	printf '' >"$RESULT"
	# In braces: the shell would keep the closed ones for itself, and the tc that stands by would never see its end.
	{ work "$1"; } >/dev/null 2>&1 3<&- 4<&- &
	job=$!
}

# Takes what the other process says, when it is done. Answers in outcome (done, same or refused) and said.
collect_job() {
	[ -n "$job" ] || return 0
	asker=-
	if [ -s "$RESULT" ]; then
		{
			read -r outcome asker new_generation
			read -r said
			read -r rules_read new_kinds
		} <"$RESULT"
	elif is_alive "$job"; then
		return 0
	else
		outcome=refused said='the work on it ended by an error of its own'
	fi
	# The shell takes leave of all that have ended; the processes of a node are counted.
	wait "$job"
	job=''
	case $outcome in
	refused) behind=true ;;
	changed)
		outcome=done behind=false peers=true
		parity=$((1 - parity)) kinds=$new_kinds
		[ "$asker" = - ] || rules=$rules_read generation=$new_generation
		hosts_are_followed
		;;
	esac
	[ "$asker" = - ] || answer_update
}

# Tells who asked for the update what came of it.
answer_update() {
	identify
	quote "$new_generation"
	common="$common,\"generation\":$quoted"
	if [ "$outcome" = refused ]; then
		quote "$said"
		answered="{\"event\":\"peersRefused\",$common,\"message\":$quoted}"
	else
		epoch_ms
		answered="{\"event\":\"peers\",$common,\"rules\":$rules,\"epochMs\":$epoch}"
	fi
	printf '%s\n' "$answered" >"$UPDATE.$asker.answer"
	wake "$ANSWERED"
}

# work first|update|refresh: the other process. Says in RESULT what came of it: changed, same, done or refused, the asker
# and its generation; what there is to say; and of a change the number of rules and the kinds.
work() {
	trap - EXIT
	asker=- new_generation=- outcome=done said=''
	"work_$1" || outcome=refused
	printf '%s\n' "$outcome $asker $new_generation" "${said%%"$NL"*}" "$rules $new_kinds" >"$RESULT"
	wake "$WAKE"
}

work_first() {
	look_up "$PEERS.names" "$FIRST_LOOK_S" || return
	[ -n "$missing" ] || return 0
	said=${missing%%"$NL"*}
	# An exception that is missing would widen the fault, which is worse.
	case $NL$missing in
	*"${NL}pass "*) said=pass\ ${missing##*"pass "} ;;
	esac
	return 1
}

work_refresh() {
	look_up "$PEERS.names" "$LOOK_S" || return
	if [ "$news" = same ] && [ "$behind" = false ]; then
		outcome=same
		return 0
	fi
	change_peers "$PEERS"
}

work_update() {
	mv "$UPDATE" "$NEXT_PEERS" || return
	read -r new_generation asker count <"$NEXT_PEERS"
	if [ "$new_generation" = "$generation" ]; then
		outcome=same
		return 0
	fi
	if ! read_rules "$NEXT_PEERS"; then
		said=$error
		return 1
	fi
	if [ -n "$count" ] && [ "$count" != "$rules" ]; then
		said="$rules rules came of $count"
		return 1
	fi
	if [ -s "$NEXT_PEERS.names" ]; then
		compare_hosts "$NEXT_PEERS.names" /dev/squall.none || return
		[ -z "$missing" ] || look_up "$NEXT_PEERS.names" "$LOOK_S" || return
		if [ -n "$missing" ]; then
			missing=${missing%%"$NL"*}
			said="${missing#* } does not resolve in the pod"
			return 1
		fi
	fi
	change_peers "$NEXT_PEERS" && mv "$NEXT_PEERS.names" "$PEERS.names" && mv "$NEXT_PEERS" "$PEERS"
}

# look_up NAMES SECONDS: asks for all names at once. Answers in news (changed or same) and missing, as compare_hosts.
look_up() {
	asked=0
	while read -r _ name; do
		asked=$((asked + 1))
		timeout -s KILL "$2" "$GETENT" ahosts "$name" >"$HOST_ANSWER.$asked" 2>/dev/null &
	done <"$1"
	wait
	compare_hosts "$1" "$HOST_ANSWER"
}

# compare_hosts NAMES ANSWERS: brings HOSTS up to date; in missing lines `VERDICT NAME` of those without an address.
compare_hosts() {
	said='cannot read what getent says'
	uptime_ms
	news=$(awk -v names="$1" -v in_force="$PEERS.names" -v answers="$2" -v table="$HOSTS" -v next_table="$HOSTS.next" \
		-v now=$((uptime / 1000)) -f "$PARTS/hosts.awk") || return
	mv "$HOSTS.next" "$HOSTS" || return
	missing=${news#*"$NL"}
	[ "$missing" != "$news" ] || missing=''
	news=${news%%"$NL"*}
	said=''
}
