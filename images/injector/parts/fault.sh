# The fault: its install, its proof and its undo.

# Undo and read back are tried again when memory is short or another process holds the network's lock.
readonly UNDO_TRIES=20
readonly UNDO_PAUSE_MS=500
# The faults of a run begin, and so end, within about this time on a slow node.
readonly OTHERS_END_MS=6000
# Why the fault is over, once it is.
ending=''
# The install lines that were, or may have been, carried out, each ended by a newline.
installed=''
# The undo lines that apply, likewise.
selected=''
# What the report should mention beside its reason.
notes=''
# The devices with our gate, separated by spaces.
gates=''

# Carries out SQUALL_INSTALL, and the steps that are due with it, on interface, consecutive lines of one tool in one
# batch. Answers in failure (a reason) and error when it cannot; installed is then what the undo must look at. With peers
# the lines that hit everybody come last, after the exceptions.
install() {
	tool='' batch='' lines='' installed='' gates='' hit_all=''
	take_first_steps
	while read -r line; do
		[ -n "$line" ] || continue
		on_device "$line" "$interface"
		case $peers$line in
		true*" parent $root protocol "*" matchall classid ${root}2")
			hit_all=$hit_all${line#tc }$NL
			continue
			;;
		esac
		if [ "${line%% *}" != "$tool" ]; then
			install_batch || return
			tool=${line%% *} batch='' lines=''
		fi
		batch="$batch${line#* }$NL"
		lines="$lines$line$NL"
		case $line in
		*" handle $gate "*) note_gate "$line" ;;
		esac
	done <<-END
		$SQUALL_INSTALL
		$first_steps
	END
	install_batch || return
	[ "$peers" = false ] || install_peers "$hit_all"
}

# Where the kernel has no netem: takes away what is there of the install and carries out SQUALL_FALLBACK, when there is
# one. Answers in failure and error when it cannot.
fall_back() {
	[ "$failure" = NetemUnavailable ] && [ -n "${SQUALL_FALLBACK-}" ] || return
	undo_installed || return
	ended_at='' engine=bpf
	SQUALL_INSTALL=$SQUALL_FALLBACK
	install
}

# note_gate LINE: adds the device of an install line to gates.
note_gate() {
	device=${1#*' dev '}
	gates="$gates${device%% *} "
}

install_batch() {
	[ -n "$batch" ] || return 0
	before=$installed
	# Said before it is done: whatever ends the batch or this shell, the undo looks at all of it.
	installed=$installed$lines
	error=$(
		"/sbin/$tool" -batch - 2>&1 <<-END
			$batch
		END
	) && return
	keep_carried_out
	explain_failure
	return 1
}

# A batch stops at the first line that fails and names it. Without that name it was killed, and how far it got is not
# known: then all its lines may have been carried out.
keep_carried_out() {
	failed_line="a line of the $tool batch"
	at=${error##*Command failed -:}
	is_number "$at" || return 0
	installed=$before
	line_number=0
	while read -r line; do
		line_number=$((line_number + 1))
		if [ "$line_number" -eq "$at" ]; then
			failed_line=$line
			break
		fi
		installed=$installed$line$NL
	done <<-END
		$lines
	END
}

# The kernel's texts that a missing module gives, as of Linux 4.16 and iproute2 6.1, which is in the image.
explain_failure() {
	case $error in
	*'Operation not permitted'*) failure=NotPermitted ;;
	*'kind is unknown'* | *'Unknown device type'* | *'classifier not found'* | *'load TC action module'*)
		failure=NetemUnavailable
		;;
	*) failure=InstallFailed ;;
	esac
	error="$failed_line: ${error%%"${NL}Command failed"*}"
}

# Every qdisc of the plan is there, by kind, handle and device. Answers in error what is not.
read_back() {
	look || return
	while read -r line; do
		case $line in
		'tc qdisc add '*' handle '*)
			planned=${line#*' handle '}
			handle=${planned%% *}
			planned=${planned#* }
			kind=${planned%% *}
			;;
		'tc qdisc add '*' clsact') kind=clsact handle=ffff: ;;
		*) continue ;;
		esac
		device=${line#*' dev '}
		has_qdisc "$kind" "$handle" "${device%% *}" && continue
		error="$kind $handle is not on ${device%% *} after the install"
		return 1
	done <<-END
		$installed
	END
}

# Takes away what the install carried out: an undo line applies when, with add for del, it begins such a line; that of the
# ifb up to its name.
undo_installed() {
	[ -n "$installed" ] || return 0
	selected=''
	while read -r line; do
		[ -n "$line" ] || continue
		on_device "$line" "$interface"
		added="${line%%' del '*} add ${line#*' del '}"
		added=${added%' type ifb'}
		case $NL$installed in
		*"$NL$added "* | *"$NL$added$NL"*) selected=$selected$line$NL ;;
		esac
	done <<-END
		$SQUALL_UNDO
	END
	undo
}

# Takes away what a dead or unwilling agent of the same handle left, at whatever point of its install or undo.
remove_own() {
	if ! find_own; then
		notes="cannot read the filters on $device"
		return 1
	fi
	selected=''
	while read -r line; do
		[ -n "$line" ] || continue
		on_device "$line" "$interface"
		case $line in
		ip\ *) [ "$ifb_is_own" = true ] || continue ;;
		*' clsact' | 'tc filter '*) [ "$clsact_is_own" = true ] || continue ;;
		*) [ -n "$interface" ] || continue ;;
		esac
		selected=$selected$line$NL
	done <<-END
		$SQUALL_UNDO
	END
	undo
}

# Answers in interface, clsact_is_own and ifb_is_own what of this handle is there. A fault has one interface: the one
# with our root qdisc, else with our filters, else, when our ifb is there, with a clsact that holds nothing.
find_own() {
	interface='' clsact_is_own=false ifb_is_own=false
	case $("$IP" -o link show type ifb 2>/dev/null) in
	*": $ifb: "*) ifb_is_own=true ;;
	esac
	while read -r _ _ handle _ device _; do
		[ "$handle" != "$root" ] || [ "$device" = "$ifb" ] || interface=$device
	done <<-END
		$qdiscs
	END
	while read -r _ kind handle _ device _; do
		[ "$kind $device" = "clsact ${interface:-$device}" ] || continue
		read_filters "$device" || return
		if own_filters || [ "$filters $ifb_is_own" = ' true' ]; then
			interface=$device clsact_is_own=true
		fi
	done <<-END
		$qdiscs
	END
	return 0
}

# read_filters DEVICE: answers in filters what its clsact holds, empty when nothing.
read_filters() {
	filters=$(
		"$TC" -batch - 2>/dev/null <<-END
			filter show dev $1 ingress
			filter show dev $1 egress
		END
	)
}

# Filters of ours are among those read: of our prio, and leading to our ifb or to one that is gone.
own_filters() {
	case $filters in
	*" pref $prio4 "*" device $ifb)"* | *" pref $prio6 "*" device $ifb)"*) ;;
	*" pref $prio4 "*" device *)"* | *" pref $prio6 "*" device *)"*) ;;
	*) return 1 ;;
	esac
}

# Runs the selected lines until all they name is gone. Answers in notes what is not.
undo() {
	tries=0
	until undo_once; do
		tries=$((tries + 1))
		[ "$tries" -lt "$UNDO_TRIES" ] || return 1
		wait_ms "$UNDO_PAUSE_MS"
	done
	return 0
}

# The first tc takes the last counters and ends the fault; what comes after it is tidying.
undo_once() {
	ask_counters
	batch=$questions links='' clsact_on='' notes=''
	while read -r line; do
		case $line in
		ip\ *) links=$links${line#ip }$NL ;;
		*' clsact')
			clsact_on=${line#*' dev '}
			clsact_on=${clsact_on%% *}
			;;
		tc\ *) batch=$batch${line#tc }$NL ;;
		esac
	done <<-END
		$selected
	END
	gone=true
	end_fault "$batch" || gone=false
	ended_at=$epoch
	[ "$gone" = false ] || [ -z "$clsact_on$links" ] || let_others_end
	# A filter that leads to an ifb that is gone drops all that comes in.
	[ -z "$clsact_on" ] || remove_clsact || return
	if [ -n "$links" ]; then
		"$IP" -force -batch - >/dev/null 2>&1 <<-END
			$links
		END
	fi
	nothing_left
}

# All pods of a node share the kernel's network lock, and to delete a device can hold it for half a second on a slow node:
# a fault that ends by itself is tidied up after when those of its run have ended as well, or somebody waits for it.
let_others_end() {
	case $ending in
	Elapsed | Deadline) ;;
	*) return 0 ;;
	esac
	uptime_ms
	until=$((uptime + OTHERS_END_MS))
	while [ "$uptime" -lt "$until" ] && [ ! -e "$STOP_FLAG" ]; do
		wait_ms $((until - uptime))
		uptime_ms
	done
}

# Removes our clsact, which stays when somebody put filters of theirs into it; one that comes between the look and the
# removal is lost with it. Fails while filters of ours are, or may be, there.
remove_clsact() {
	if ! read_filters "$clsact_on"; then
		notes="cannot read the filters on $clsact_on"
		look && ! has_qdisc clsact ffff: "$clsact_on"
	elif own_filters; then
		notes="filters on $clsact_on are left"
		return 1
	elif [ -n "$filters" ]; then
		notes="the clsact on $clsact_on stays: it holds filters that are not ours"
		clsact_on=''
	else
		"$TC" qdisc del dev "$clsact_on" clsact 2>/dev/null || :
	fi
}

# All that the selected lines name is gone, as read back. Answers in notes what is not.
nothing_left() {
	if ! look; then
		notes="cannot read back: $error"
		return 1
	fi
	if own_root; then
		notes="$residue is left"
	elif [ -n "$links" ] && has_device "$ifb"; then
		notes="device $ifb is left"
	elif [ -n "$clsact_on" ] && has_qdisc clsact ffff: "$clsact_on"; then
		notes="clsact on $clsact_on is left"
	else
		return 0
	fi
	return 1
}
