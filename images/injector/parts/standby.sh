# The tc that stands by: it is started before there is something to do, so that a change or the end of the fault is late
# by its work and not by its start.

# How long before a change or the end of the fault the tc that will make it is started: its start takes 50 to 200 ms on a
# slow node, and more when several faults of the node end at once.
readonly READY_BEFORE_MS=1500

# The process id of the tc that waits for its last words; none when there cannot be one any more.
ready=''
# How many have been started, and what the latest one answers.
starts=0
answers_file=''

# Starts, once, the tc that will change and end the fault, so that both are late by its work and not by its start.
get_ready() {
	[ -z "$ready" ] || return 0
	ready=none
	[ -p "$LAST_WORDS" ] || mkfifo "$LAST_WORDS" || return 0
	exec 4<>"$LAST_WORDS"
	starts=$((starts + 1))
	answers_file=$ANSWERS.$starts
	# The answers are made after the fifo is open: that they are there says that tc will hear what is written.
	"$TC" -s -force -batch - <"$LAST_WORDS" >"$answers_file" 2>"$REFUSALS" 3<&- 4<&- &
	ready=$!
}

# tell BATCH: has it carried out by the tc that waits. What that refuses, refused_change tells later.
tell() {
	[ -z "$ready" ] || [ "$ready" = none ] || is_alive "$ready" || ready=''
	get_ready
	if [ "$ready" = none ]; then
		"$TC" -batch - >/dev/null 2>"$REFUSALS" <<-END
			$1
		END
		return 0
	fi
	printf '%s' "$1" >&4
}

# is_alive PID: a child that has not ended.
is_alive() {
	state=Z
	read -r _ _ state _ 2>/dev/null <"/proc/$1/stat"
	[ "$state" != Z ]
}

# True when a change of the fault was refused; answers in error what tc said.
refused_change() {
	[ -s "$REFUSALS" ] || return
	read -r error <"$REFUSALS"
}

# end_fault BATCH: one tc, the one that waits when there is one, takes the last counters and ends the fault. False when
# that refused a line.
end_fault() {
	refused=0
	if [ -n "$ready" ] && [ "$ready" != none ]; then
		if [ -e "$answers_file" ] && is_alive "$ready"; then
			printf '%s' "$1" >&4
			exec 4>&-
			wait "$ready" || refused=1
			ready=none
			epoch_ms
			read_counters <"$answers_file"
			return "$refused"
		fi
		kill -KILL "$ready"
		ready=none
	fi
	answers=$(
		"$TC" -s -force -batch - 2>/dev/null <<-END
			$1
		END
	) || refused=1
	epoch_ms
	read_counters <<-END
		$answers
	END
	return "$refused"
}
