# The plan: what the environment may say. Every variable is checked here before anything is done.
#
# With XX for SQUALL_HANDLE, an install line has one of these shapes, an undo line one of the `del` shapes; {dev} stands
# for the pod's interface. So no plan can replace, change or delete what is not this run's own.
#   ip link add squall-XX type ifb             ip link set squall-XX up
#   tc qdisc add dev DEV root handle 7aXX: ... (DEV is {dev} or squall-XX)
#   tc qdisc|class|filter add dev DEV parent 7aXX:...
#   tc qdisc add dev {dev} clsact
#   tc filter add dev {dev} ingress protocol ip|ipv6 prio P ...   (P is 0x7aXX for ip, 0x7bXX for ipv6, in decimal)
#   tc filter del dev {dev} ingress protocol ip|ipv6 prio P
#   tc qdisc del dev {dev} root handle 7aXX:
#   tc qdisc del dev {dev} clsact
#   ip link del squall-XX type ifb
# The undo keeps this order: the fault is over after the filters and the root qdisc, in one tc; the clsact goes before
# the ifb, which tells the reaper that an empty clsact is ours.

# is_number TEXT: a decimal number of at most 15 digits that no shell reads as octal.
is_number() {
	case $1 in
	'' | *[!0-9]* | 0?* | ????????????????*) return 1 ;;
	esac
}

is_interface() {
	case $1 in
	'' | . | .. | *[!A-Za-z0-9_.@+-]* | ????????????????*) return 1 ;;
	esac
}

# Sets the names that derive from the handle: root, leaf, ifb, prio4, prio6. Answers in error when it cannot.
check_identity() {
	case ${SQUALL_HANDLE-} in
	[0-9a-f][0-9a-f]) ;;
	*)
		error='SQUALL_HANDLE takes two lower-case hexadecimal digits'
		return 1
		;;
	esac
	root=7a$SQUALL_HANDLE:
	leaf=7b$SQUALL_HANDLE:
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
		check_number SQUALL_DURATION_MS "${SQUALL_DURATION_MS-}" &&
		check_number SQUALL_START_BEFORE_MS "${SQUALL_START_BEFORE_MS-}" &&
		check_number SQUALL_DEADLINE_MS "${SQUALL_DEADLINE_MS-}" || return
	if [ -n "${SQUALL_INTERFACE-}" ] && ! is_interface "$SQUALL_INTERFACE"; then
		error="SQUALL_INTERFACE is not an interface name: $SQUALL_INTERFACE"
		return 1
	fi
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

# Only characters that mean nothing to a tc batch beyond themselves, and {dev} at most once.
is_plain() {
	case $1 in
	*[!A-Za-z0-9\ .:/%,=+_{}-]* | *'{dev}'*'{dev}'*) return 1 ;;
	esac
}

is_install_line() {
	case $1 in
	"ip link add $ifb type ifb" | "ip link set $ifb up") ;;
	"tc qdisc add dev {dev} clsact") ;;
	"tc filter add dev {dev} ingress protocol ip prio $prio4 "*) ;;
	"tc filter add dev {dev} ingress protocol ipv6 prio $prio6 "*) ;;
	"tc qdisc add dev {dev} root handle $root "* | "tc qdisc add dev $ifb root handle $root "*) ;;
	"tc qdisc add dev {dev} parent $root"* | "tc qdisc add dev $ifb parent $root"*) ;;
	"tc class add dev {dev} parent $root"* | "tc class add dev $ifb parent $root"*) ;;
	"tc filter add dev {dev} parent $root"* | "tc filter add dev $ifb parent $root"*) ;;
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
