# Peers: only packets of these addresses are hit, and those of the exceptions never. SQUALL_PEERS holds rule lines, whose
# meaning parts/peers.awk has; `agent update` brings a new set of them while the fault is held.
#
# Every set is added under priorities of its own, those of one of two generations, before the one before it is deleted:
# what both hit is hit all the time, and exceptions are the first to come and the last to go. All of them hang on our root
# qdisc and are gone with it, so that the undo need not know of them.

# The rule lines in force, after a line that is not one of them; and beside it, as .names, the hosts that they name.
readonly PEERS=/dev/squall.peers
# The table of the addresses of hosts; the batch for tc, and which kinds of filters are in it.
readonly HOSTS=/dev/squall.hosts
readonly FILTERS=/dev/squall.filters KINDS=/dev/squall.kinds

# There are rule lines, or have been.
peers=false
rules=0
# Which of the two generations of priorities is in force, and which of its priorities are in use, as those of the first;
# the latter also of the filters that were written last.
parity=0
kinds='' new_kinds=''
# Queries for names go past the fault.
dns_exempt=false

# Reads SQUALL_PEERS. Answers in error when it cannot.
check_peers() {
	[ -n "${SQUALL_PEERS-}" ] || return 0
	peers=true
	if ! printf '%s\n' '-' "$SQUALL_PEERS" >"$PEERS"; then
		error="cannot write $PEERS"
		return 1
	fi
	read_rules "$PEERS" && return
	error="SQUALL_PEERS $error"
	return 1
}

# read_rules FILE: answers in rules how many it has, and in FILE.names the hosts; or in error what is wrong.
read_rules() {
	if ! checked=$(awk -v task=check -f "$PARTS/peers.awk" "$1" 2>&1); then
		error=${checked:-cannot be read}
		return 1
	fi
	rules=${checked%%"$NL"*}
	checked=${checked#"$rules"}
	printf '%s' "${checked#"$NL"}${checked:+$NL}" >"$1.names"
}

# install_peers LINES: adds the filters of the peers, and then LINES of tc, in one batch. Answers in failure and error.
install_peers() {
	if ! expand_peers "$PEERS" "$parity" || ! printf '%s' "$1" >>"$FILTERS"; then
		failure=InstallFailed error='cannot write the filters of the peers'
		return 1
	fi
	if ! add_filters; then
		explain_failure
		return 1
	fi
	kinds=$new_kinds
	hosts_are_followed
}

# expand_peers FILE PARITY: writes FILTERS, for the devices of gates. Answers in new_kinds.
expand_peers() {
	nameservers=''
	[ "$dns_exempt" = true ] || [ ! -s "$1.names" ] || nameservers=/etc/resolv.conf
	printf '' >"$KINDS"
	awk -v task=expand -v root="$root" -v ifb="$ifb" -v devices="$gates" -v parity="$2" -v kinds="$KINDS" \
		-v hosts="$HOSTS" -v nameservers="$nameservers" -v routes4=/proc/net/route -v routes6=/proc/net/ipv6_route \
		-f "$PARTS/peers.awk" "$1" >"$FILTERS" || return
	# Written last: without it the filters are not all there.
	read -r _ new_kinds <"$KINDS"
}

# Has tc carry out FILTERS. Answers in error what tc said, and in failed_line at which line.
add_filters() {
	if error=$("$TC" -batch "$FILTERS" 2>&1); then
		printf '' >"$FILTERS"
		return 0
	fi
	failed_line='a line of the peers'
	at=${error##*"Command failed $FILTERS:"}
	! is_number "$at" || failed_line="tc $(sed -n "${at}p" "$FILTERS")"
	printf '' >"$FILTERS"
	return 1
}

# change_peers FILE: adds its rules under the other generation, then deletes the one in force. Answers in said why not.
change_peers() {
	said='cannot write the filters of the peers'
	other=$((1 - parity))
	expand_peers "$1" "$other" || return
	if ! add_filters; then
		explain_failure
		said=$error
		drop_peers "$other" '20 21 10 11'
		[ -z "$nameservers" ] || drop_exemption
		return 1
	fi
	outcome=changed said=''
	# What is gone already is an error to tc. What stays nevertheless, the next change removes: it adds where that was.
	drop_peers "$parity" "$kinds" || drop_peers "$parity" "$kinds" || :
}

# drop_peers PARITY KINDS: what is hit first.
drop_peers() {
	batch=''
	for kind in 20 21 10 11; do
		case " $2 " in
		*" $kind "*) drop_priority $((kind + 2 * $1)) $((kind % 2)) ;;
		esac
	done
	carry_out_drops
}

drop_exemption() {
	batch=''
	drop_priority 4 0
	drop_priority 5 1
	carry_out_drops
}

# drop_priority PRIO 0|1: adds to batch the deletion of an IPv4 or IPv6 priority on all devices.
drop_priority() {
	protocol=ip
	[ "$2" -eq 0 ] || protocol=ipv6
	for device in $gates; do
		batch="${batch}filter del dev $device parent $root protocol $protocol prio $1$NL"
	done
}

carry_out_drops() {
	"$TC" -force -batch - 2>/dev/null <<-END
		$batch
	END
}

