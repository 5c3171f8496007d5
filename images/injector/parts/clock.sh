# Time, without a fork.

# /proc/uptime counts in steps of 10 ms.
readonly CLOCK_TICK_MS=10
# A signal that comes between the test for it and the wait would otherwise be seen only when the wait is over.
readonly LONGEST_WAIT_MS=1000

# Answers in epoch: milliseconds since 1970 by the node's clock, which can jump.
epoch_ms() {
	# shellcheck disable=SC3028 # a variable of busybox's ash: seconds.microseconds
	epoch=$EPOCHREALTIME
	microseconds=${epoch#*.}
	epoch=${epoch%.*}${microseconds%???}
}

# Answers in uptime: milliseconds since the node's boot, which never jump.
uptime_ms() {
	read -r uptime _ </proc/uptime
	# The 1 keeps the hundredths from being read as an octal number.
	uptime=$((${uptime%.*} * 1000 + 1${uptime#*.} * 10 - 1000))
}

# open_wait FIFO: makes what wait_ms waits on. Answers in error when it cannot.
open_wait() {
	if [ -p "$1" ] || mkfifo "$1"; then
		# Both ways: reading alone would wait for a writer and see the end of file when it closes.
		exec 3<>"$1"
		return 0
	fi
	error="cannot make $1"
	return 1
}

# wake FIFO: ends the wait of whoever waits on it.
wake() {
	# Opened for both ways, because opening for writing alone waits for ever when nobody reads.
	[ ! -p "$1" ] || printf '\n' 1<>"$1"
}

# wait_ms N: waits for at most N milliseconds (at most LONGEST_WAIT_MS), less when a signal or `wake` comes.
wait_ms() {
	wait=$1
	[ "$wait" -le "$LONGEST_WAIT_MS" ] || wait=$LONGEST_WAIT_MS
	fraction=$((1000 + wait % 1000))
	# shellcheck disable=SC3045 # -t with a fraction: busybox's ash has it
	read -r -t "$((wait / 1000)).${fraction#1}" _ <&3
}
