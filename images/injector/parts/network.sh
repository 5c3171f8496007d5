# The pod's network as it is: devices from /proc/net, qdiscs from tc. Only reads.

qdiscs=''

# Reads all qdiscs: answers in qdiscs, or in error when it cannot.
look() {
	qdiscs=$("$TC" qdisc show 2>&1) && return
	error=$qdiscs
	qdiscs=
	return 1
}

# Answers in devices: the names of all devices but the loopback, a space before and after each.
list_devices() {
	devices=' '
	while read -r device _; do
		case $device in
		lo:* | *'|'*) ;;
		*:*) devices="$devices${device%%:*} " ;;
		esac
	done </proc/net/dev
}

has_device() {
	list_devices
	case $devices in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

# has_qdisc KIND HANDLE DEVICE: in what was last looked at.
has_qdisc() {
	case $NL$qdiscs in
	*"${NL}qdisc $1 $2 dev $3 "*) return 0 ;;
	esac
	return 1
}

# A root qdisc with this run's own handle is on some device; answers in residue.
own_root() {
	residue=
	while read -r _ kind handle _ device rest; do
		case "$handle $rest" in
		"$root root "*) residue="$kind $handle on $device" ;;
		esac
	done <<-END
		$qdiscs
	END
	[ -n "$residue" ]
}

# Something with this run's own handle is there already; answers in residue. A run starts once: it is a dead one's.
own_residue() {
	own_root && return
	has_device "$ifb" || return
	residue="device $ifb"
}

# Another run's fault is there, on whatever device; answers in found.
other_fault() {
	found=
	list_devices
	for device in $devices; do
		case $device in
		squall-[0-9a-f][0-9a-f]) found="device $device" ;;
		esac
	done
	while read -r _ kind handle _ device rest; do
		case "$handle $rest" in
		7a[0-9a-f][0-9a-f]:' root '*) found="$kind $handle on $device" ;;
		esac
	done <<-END
		$qdiscs
	END
	[ -n "$found" ]
}

# The interface has a qdisc that the kernel did not put there by itself; answers in found. The kernel's own default has
# the handle 0:. A clsact counts for egress faults too: its filters may take packets past the root qdisc.
foreign_qdisc() {
	found=
	while read -r _ kind handle _ device rest; do
		[ "$device" = "$interface" ] || continue
		case "$kind $handle $rest " in
		clsact\ * | ingress\ * | *' ffff: '*) found="$kind $handle on $device" ;;
		*' 0: '*) ;;
		*' root '*) found="$kind $handle on $device" ;;
		esac
	done <<-END
		$qdiscs
	END
	[ -n "$found" ]
}

# Answers in interface: the one asked for; else that of the IPv4 default route, else of the IPv6 one, else the only one
# beside the loopback. Answers in error when there is none.
choose_interface() {
	interface=${SQUALL_INTERFACE-}
	if [ -n "$interface" ]; then
		has_device "$interface" || [ "$interface" = lo ] && return
		error="there is no interface $interface"
		interface=
		return 1
	fi
	default_route4
	[ -n "$interface" ] || default_route6
	[ -n "$interface" ] || only_device
	is_interface "$interface" && return
	error="no default route, and not exactly one interface:${devices-}"
	interface=
	return 1
}

# The route of the lowest metric; of equal ones the first. A route's flags: 1 up, 0x200 reject.
default_route4() {
	best=
	[ -r /proc/net/route ] || return
	while read -r device destination _ flags _ _ metric mask _; do
		[ "$destination $mask" = '00000000 00000000' ] || continue
		[ $((0x$flags & 0x201)) -eq 1 ] || continue
		if [ -z "$best" ] || [ "$metric" -lt "$best" ]; then
			best=$metric
			interface=$device
		fi
	done </proc/net/route
}

# The kernel keeps a rejecting default route on the loopback in every namespace.
default_route6() {
	best=
	[ -r /proc/net/ipv6_route ] || return
	while read -r destination length _ _ _ metric _ _ flags device; do
		[ "$destination $length" = '00000000000000000000000000000000 00' ] || continue
		[ "$device" != lo ] || continue
		[ $((0x$flags & 0x201)) -eq 1 ] || continue
		if [ -z "$best" ] || [ $((0x$metric)) -lt "$best" ]; then
			best=$((0x$metric))
			interface=$device
		fi
	done </proc/net/ipv6_route
}

only_device() {
	list_devices
	# shellcheck disable=SC2086 # names hold no spaces
	set -- $devices
	[ $# -ne 1 ] || interface=$1
}
