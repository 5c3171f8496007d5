# Counters: how many packets the fault could hit, and how many it let pass.
#
# seen is the sum over the filters of the gate that lead packets to a netem (their `action ok` counts), passed what the
# netem qdiscs below the gate sent on and still hold. Both count the segments of a large TCP buffer one by one, which
# netem's own drop counter does not. A duplicate that netem makes comes through the gate once more. passed is read before
# and after seen and its mean taken, so that traffic that goes on while they are read does not look like loss; without
# traffic both readings are equal and the answer is exact.

egress_seen='' egress_passed='' ingress_seen='' ingress_passed=''

# Answers in questions: lines for a `tc -s -batch`, and in asked: their directions in order, for the devices that
# carried our gate when last looked at.
ask_counters() {
	questions='' asked=''
	while read -r _ _ handle _ device _; do
		[ "$handle" = "$gate" ] || continue
		questions="${questions}qdisc show dev $device${NL}filter show dev $device parent $gate$NL"
		questions="${questions}qdisc show dev $device$NL"
		if [ "$device" = "$ifb" ]; then
			asked="$asked ingress"
		else
			asked="$asked egress"
		fi
	done <<-END
		$qdiscs
	END
}

# read_counters: takes the counters out of stdin, the answers to the questions. Where an answer is missing, because
# somebody removed the fault, they stay as they were.
read_counters() {
	roots=0 from='' seen1=0 passed1=0 seen2=0 passed2=0
	while read -r word second third rest; do
		case "$word $second $third $rest " in
		"qdisc "*" $root root "*)
			roots=$((roots + 1))
			from=''
			;;
		"qdisc netem "*" parent $gate"*) from=netem ;;
		"filter "*"id ${gate}1 "*) from=passing ;;
		"filter "*"id $gate"*) from=gate ;;
		'qdisc '* | 'filter '*) from='' ;;
		"Sent "*) add_packets "${rest%% *}" ;;
		"backlog "*) [ "$from" != netem ] || add_packets "${third%p}" ;;
		esac
	done
	# shellcheck disable=SC2086 # a list of words
	set -- $asked
	[ "$roots" -eq $(($# * 2)) ] || return 0
	[ $# -lt 1 ] || answer "$1" "$seen1" "$passed1"
	[ $# -lt 2 ] || answer "$2" "$seen2" "$passed2"
}

# add_packets N: to the sum that the line belongs to; the first device's answers hold roots 1 and 2.
add_packets() {
	is_number "$1" || return 0
	case "$from $((roots > 2))" in
	'gate 0') seen1=$((seen1 + $1)) ;;
	'gate 1') seen2=$((seen2 + $1)) ;;
	'passing 0') seen1=$((seen1 + $1)) passed1=$((passed1 + 2 * $1)) ;;
	'passing 1') seen2=$((seen2 + $1)) passed2=$((passed2 + 2 * $1)) ;;
	'netem 0') passed1=$((passed1 + $1)) ;;
	'netem 1') passed2=$((passed2 + $1)) ;;
	esac
}

# answer DIRECTION SEEN PASSED-TWICE
answer() {
	passed=$((($3 + 1) / 2))
	[ "$passed" -le "$2" ] || passed=$2
	if [ "$1" = egress ]; then
		egress_seen=$2 egress_passed=$passed
	else
		ingress_seen=$2 ingress_passed=$passed
	fi
}

# The counters as they are now, of what was last looked at.
count_now() {
	ask_counters
	[ -n "$questions" ] || return 0
	answers=$(
		"$TC" -s -force -batch - 2>/dev/null <<-END
			$questions
		END
	)
	read_counters <<-END
		$answers
	END
}
