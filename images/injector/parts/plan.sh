# The plan: what the environment may say. Every variable is checked here before anything is done.
#
# With XX for SQUALL_HANDLE, an install line has one of these shapes, an undo line one of the `del` shapes; {dev} stands
# for the pod's interface. So no plan can replace, change or delete what is not this run's own.
#   ip link add squall-XX txqueuelen N type ifb    ip link set squall-XX up
#   tc qdisc add dev DEV root handle 7aXX: ... (DEV is {dev} or squall-XX)
#   tc qdisc|class|filter add dev DEV parent 7aXX:...
#   tc qdisc|class|filter add dev DEV parent 7cXX:...
#   tc qdisc add dev {dev} clsact
#   tc filter add dev {dev} ingress protocol ip|ipv6 prio P ...   (P is 0x7aXX for ip, 0x7bXX for ipv6, in decimal)
#   tc filter del dev {dev} ingress protocol ip|ipv6 prio P
#   tc qdisc del dev {dev} root handle 7aXX:
#   tc qdisc del dev {dev} clsact
#   ip link del squall-XX type ifb
# A step is an install line of the gate, 7cXX:, after the milliseconds at which it is due; its band is hexadecimal:
#   AT_MS tc filter add dev DEV parent 7cXX: protocol all prio P matchall classid 7cXX:M action ok   (P from 2 to 15)
# The undo keeps this order: the fault is over after the filters and the root qdisc, in one tc; the clsact goes before
# the ifb, which tells the reaper that an empty clsact is ours.

is_interface() {
	case $1 in
	'' | . | .. | *[!A-Za-z0-9_.@+-]* | ????????????????*) return 1 ;;
	esac
}

# Sets the names that derive from the handle: root, gate, ifb, prio4, prio6. Answers in error when it cannot.
check_identity() {
	case ${SQUALL_HANDLE-} in
	[0-9a-f][0-9a-f]) ;;
	*)
		error='SQUALL_HANDLE takes two lower-case hexadecimal digits'
		return 1
		;;
	esac
	root=7a$SQUALL_HANDLE:
	gate=7c$SQUALL_HANDLE:
	ifb=squall-$SQUALL_HANDLE
	prio4=$((0x7a$SQUALL_HANDLE))
	prio6=$((0x7b$SQUALL_HANDLE))
	case ${SQUALL_UID-} in
	'' | *[!A-Za-z0-9-]* | ?????????????????????????????????????????????????????????????????*)
		error='SQUALL_UID takes letters, digits and -, at most 64'
		return 1
		;;
	esac
	check_number SQUALL_ATTEMPT "${SQUALL_ATTEMPT-}"
}

check_number() {
	is_number "$2" && return
	error="$1 takes a whole number, got $2"
	return 1
}

check_reap() {
	check_identity && check_lines SQUALL_UNDO is_undo_line "${SQUALL_UNDO-}"
}

check_run() {
	check_reap &&
		check_lines SQUALL_INSTALL is_install_line "${SQUALL_INSTALL-}" &&
		check_fallback &&
		check_number SQUALL_DURATION_MS "${SQUALL_DURATION_MS-}" &&
		check_number SQUALL_START_BEFORE_MS "${SQUALL_START_BEFORE_MS-}" &&
		check_number SQUALL_DEADLINE_MS "${SQUALL_DEADLINE_MS-}" &&
		check_steps && check_pulses && check_peers && check_verify || return
	if [ -n "${SQUALL_INTERFACE-}" ] && ! is_interface "$SQUALL_INTERFACE"; then
		error="SQUALL_INTERFACE is not an interface name: $SQUALL_INTERFACE"
		return 1
	fi
}

check_steps() {
	[ -n "${SQUALL_STEPS-}" ] || return 0
	last_step=0
	check_lines SQUALL_STEPS is_step_line "$SQUALL_STEPS"
}

# Answers in pulse_on and pulse_off: milliseconds, empty without pulses.
check_pulses() {
	pulse_on='' pulse_off=''
	case ${SQUALL_PULSES-} in
	'') return 0 ;;
	*' '*)
		pulse_on=${SQUALL_PULSES%% *} pulse_off=${SQUALL_PULSES#* }
		is_number "$pulse_on" && is_number "$pulse_off" && [ "$pulse_on" -gt 0 ] && [ "$pulse_off" -gt 0 ] && return
		;;
	esac
	error="SQUALL_PULSES takes two whole numbers above 0, got $SQUALL_PULSES"
	return 1
}

# check_lines VARIABLE CHECK TEXT: every line of TEXT, at least one, satisfies CHECK.
check_lines() {
	line_number=0
	while read -r line; do
		[ -n "$line" ] || continue
		line_number=$((line_number + 1))
		if ! is_plain "$line" || ! "$2" "$line"; then
			error="$1 line $line_number is not of a known shape: $line"
			return 1
		fi
	done <<-END
		$3
	END
	[ "$line_number" -gt 0 ] && return
	error="$1 has no line"
	return 1
}

# SQUALL_FALLBACK: install lines; of a filter that draws lots, only its threshold is of its own.
check_fallback() {
	[ -n "${SQUALL_FALLBACK-}" ] || return 0
	plain=''
	while read -r line; do
		case $line in
		*' bpf bytecode "4,32 0 0 4294963256,53 1 0 '*',6 0 0 4294967295,6 0 0 0" classid '*)
			below=${line#*',53 1 0 '}
			below=${below%%,*}
			before=${line%%' bpf '*} behind=${line##*' classid '}
			drawn="4,32 0 0 4294963256,53 1 0 $below,6 0 0 4294967295,6 0 0 0"
			if is_number "$below" && [ "$line" = "$before bpf bytecode \"$drawn\" classid $behind" ]; then
				line="$before matchall classid $behind"
			fi
			;;
		esac
		plain=$plain$line$NL
	done <<-END
		$SQUALL_FALLBACK
	END
	check_lines SQUALL_FALLBACK is_install_line "$plain"
}

# Only characters that mean nothing to a tc batch beyond themselves, and {dev} at most once.
is_plain() {
	case $1 in
	*[!A-Za-z0-9\ .:/%,=+_{}-]* | *'{dev}'*'{dev}'*) return 1 ;;
	esac
}

is_install_line() {
	case $1 in
	"ip link set $ifb up") ;;
	"ip link add $ifb txqueuelen "*' type ifb')
		queue=${1#*' txqueuelen '}
		is_number "${queue%' type ifb'}"
		return
		;;
	"tc qdisc add dev {dev} clsact") ;;
	"tc filter add dev {dev} ingress protocol ip prio $prio4 "*) ;;
	"tc filter add dev {dev} ingress protocol ipv6 prio $prio6 "*) ;;
	"tc qdisc add dev {dev} root handle $root "* | "tc qdisc add dev $ifb root handle $root "*) ;;
	"tc qdisc add dev {dev} parent $root"* | "tc qdisc add dev $ifb parent $root"*) ;;
	"tc qdisc add dev {dev} parent $gate"* | "tc qdisc add dev $ifb parent $gate"*) ;;
	"tc class add dev {dev} parent $root"* | "tc class add dev $ifb parent $root"*) ;;
	"tc class add dev {dev} parent $gate"* | "tc class add dev $ifb parent $gate"*) ;;
	"tc filter add dev {dev} parent $root"* | "tc filter add dev $ifb parent $root"*) ;;
	"tc filter add dev {dev} parent $gate"* | "tc filter add dev $ifb parent $gate"*) ;;
	*) return 1 ;;
	esac
}

# Not before the line that came before it.
is_step_line() {
	step_at=${1%% *}
	is_number "$step_at" && [ "$step_at" -ge "$last_step" ] || return
	last_step=$step_at
	step=${1#* }
	case $step in
	"tc filter add dev {dev} parent $gate protocol all prio "*) ;;
	"tc filter add dev $ifb parent $gate protocol all prio "*) ;;
	*) return 1 ;;
	esac
	step=${step#*' prio '}
	case $step in
	[2-9]" matchall classid $gate"[2-9a-f]' action ok') ;;
	[2-9]" matchall classid ${gate}10 action ok") ;;
	1[0-5]" matchall classid $gate"[2-9a-f]' action ok') ;;
	1[0-5]" matchall classid ${gate}10 action ok") ;;
	*) return 1 ;;
	esac
}

is_undo_line() {
	case $1 in
	"tc filter del dev {dev} ingress protocol ip prio $prio4") ;;
	"tc filter del dev {dev} ingress protocol ipv6 prio $prio6") ;;
	"tc qdisc del dev {dev} root handle $root") ;;
	"tc qdisc del dev {dev} clsact") ;;
	"ip link del $ifb type ifb") ;;
	*) return 1 ;;
	esac
}

# on_device LINE DEVICE: answers in line: LINE with DEVICE for {dev}.
on_device() {
	line=$1
	case $line in
	*'{dev}'*) line=${line%%'{dev}'*}$2${line#*'{dev}'} ;;
	esac
}
