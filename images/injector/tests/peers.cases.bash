# shellcheck shell=bash
# shellcheck disable=SC2016 # awk programs and texts for SPOIL
# Who is hit: with everything lost, what arrives at all was not hit. The peer has more addresses than one, and sends from
# the first.

readonly OTHER4=10.99.0.3 OTHER6=fd00:99::3
# Datagrams sent at once; all of them arrive, or none.
readonly BURST=10

make_others() {
  ip -n peer address add $OTHER4/24 dev eth0
  ip -n peer address add $OTHER6/64 dev eth0 nodad preferred_lft 0
}

# hits RULES [VAR=VALUE...]: a fault that loses all of what the rules hit, in both directions.
hits() {
  make_others
  plan both-loss-100-peers
  remember
  start a SQUALL_PEERS="$1" "${@:2}"
}

# gone: the fault leaves nothing.
gone() {
  stop a
  claim_report a Stopped
  claim_unchanged
}

# claim_arrives WHAT yes|no FROM TO ADDRESS PORT SOURCEPORT: datagrams between pod and peer.
claim_arrives() {
  local what=$1 wanted=$2 from=$3 to=$4 address=$5 port=$6 source=$7 family=4 before count
  [[ $address != *:* ]] || family=6 address="[$address]"
  before=$(received "$to" $family)
  dd if=/dev/zero bs=64 count=$BURST status=none |
    "in_$from" socat -u -b64 - "UDP$family-SENDTO:$address:$port,sourceport=$source"
  await_settled "$to" $family
  count=$((SETTLED - before))
  case $wanted in
    yes) claim_between "$what: datagrams" $BURST $((BURST + 5)) $count ;;
    no) claim_between "$what: datagrams" 0 2 $count ;;
  esac
}

# claim_answers yes|no ADDRESS...: pings of the pod.
claim_answers() {
  local wanted=$1 address answers
  shift
  for address; do
    answers=no
    ! in_pod ping -q -c 2 -i 0.05 -W 0.4 "$address" >"$CASE/ping.log" || answers=yes
    claim_equal "$address answers" "$wanted" $answers
  done
}

# claim_connects yes|no ADDRESS PORT: a refused connection has met its peer.
claim_connects() {
  local status=0
  in_pod timeout 0.5 bash -c "exec 3<>/dev/tcp/$2/$3" 2>/dev/null || status=$?
  claim_equal "$2 port $3 is met" "$1" "$([[ $status == 124 ]] && printf no || printf yes)"
}

# tell_peers GENERATION RULES: `agent update`; what it prints is in $CASE/told.
tell_peers() { printf '%s\n' "$1" "$2" | verb a update >"$CASE/told"; }

case_peers_of_one_address() {
  hits "hit ip any - - $PEER4"
  claim_answers no "$PEER4"
  claim_answers yes $OTHER4 "$PEER6"
  claim_arrives 'to the peer' no pod peer "$PEER4" 7000 6000
  claim_arrives 'from it' no peer pod "$POD4" 7000 6000
  claim_arrives 'to another' yes pod peer $OTHER4 7000 6000
  gone
  claim_between 'seen' 4 40 "$(of_report a egress.seen)"
  claim_equal 'passed' 0 "$(of_report a egress.passed)"
}

case_peers_of_ipv6() {
  hits "hit ipv6 any - - FD00:99:0::2/128"
  claim_answers no "$PEER6"
  claim_answers yes $OTHER6 "$PEER4"
  claim_arrives 'from it' no peer pod "$POD6" 7000 6000
  gone
}

case_peers_of_one_port() {
  hits "hit ip udp 7000-7010 - $PEER4"
  claim_arrives 'port 7000' no pod peer "$PEER4" 7000 6000
  claim_arrives 'port 7010' no pod peer "$PEER4" 7010 6000
  claim_arrives 'port 7011' yes pod peer "$PEER4" 7011 6000
  claim_arrives 'from port 7005' no peer pod "$POD4" 6000 7005
  claim_arrives 'from port 6999' yes peer pod "$POD4" 7005 6999
  claim_connects yes "$PEER4" 7000
  claim_answers yes "$PEER4"
  gone
}

case_peers_of_one_local_port() {
  hits "hit ip udp - 6000 $PEER4"
  claim_arrives 'out of port 6000' no pod peer "$PEER4" 7000 6000
  claim_arrives 'out of port 6001' yes pod peer "$PEER4" 7000 6001
  claim_arrives 'into port 6000' no peer pod "$POD4" 6000 7000
  claim_arrives 'into port 7000' yes peer pod "$POD4" 7000 6000
  gone
}

case_peers_of_one_protocol() {
  hits 'hit any icmp - - -'
  claim_answers no "$PEER4" "$PEER6"
  claim_arrives 'UDP' yes pod peer "$PEER4" 7000 6000
  claim_arrives 'UDP of IPv6' yes pod peer "$PEER6" 7000 6000
  claim_connects yes "$PEER4" 7000
  gone
}

case_peers_of_one_port_of_tcp() {
  hits 'hit any tcp 7000 - -'
  claim_connects no "$PEER4" 7000
  claim_connects no "$PEER6" 7000
  claim_connects yes "$PEER4" 7001
  claim_arrives 'UDP of that port' yes pod peer "$PEER4" 7000 6000
  gone
}

case_peers_but_the_exceptions() {
  hits $'hit ip l4 - - 10.99.0.0/24\nhit ip icmp - - 10.99.0.0/24\nhit any any - - -\npass ip any - - '"$OTHER4"
  claim_answers no "$PEER4" "$PEER6" $OTHER6
  claim_answers yes $OTHER4
  claim_arrives 'from the peer' no peer pod "$POD4" 7000 6000
  gone
}

case_peers_but_the_gateway() {
  in_pod ip -6 route add default via "$PEER6"
  hits $'pass gateway any - - -\nhit any any - - -'
  claim_answers yes "$PEER4" "$PEER6"
  claim_answers no $OTHER4 $OTHER6
  gone
}

# Without peers everybody is hit, but for the exceptions.
case_exceptions_alone() {
  make_others
  plan both-loss-100
  remember
  start a SQUALL_PEERS="pass ip any - - $OTHER4"
  claim_answers no "$PEER4" "$PEER6"
  claim_answers yes $OTHER4
  gone
}

# One that is named twice, in whatever form, is one.
case_peers_named_twice() {
  hits "hit ip any - - $PEER4 $PEER4 $PEER4/32 10.99.0.7/30 10.99.0.4/30
hit ip any - - $PEER4
hit ipv6 any - - $PEER6 FD00:99:0:0::0002 $PEER6/128"
  claim_answers no "$PEER4" "$PEER6"
  claim_answers yes $OTHER4
  gone
}

case_update_adds_and_removes() {
  hits "hit ip any - - $PEER4"
  tell_peers '1 2' "hit ip any - - $OTHER4
hit ipv6 any - - $PEER6" || fail "update returns an error: $(<"$CASE/told")"
  [[ $(<"$CASE/told") == '{"event":"peers",'*'"handle":"1f","generation":"1","rules":2,'* ]] || fail "update says $(<"$CASE/told")"
  claim_answers no $OTHER4 "$PEER6"
  claim_answers yes "$PEER4"
  cp "$CASE/told" "$CASE/told1"
  tell_peers '1 2' '' || fail 'the same generation is refused'
  claim_equal 'rules of the same generation' 2 "$(sed 's/.*"rules":\([0-9]*\).*/\1/' "$CASE/told")"
  tell_peers 2 '' || fail 'an empty set is refused'
  claim_answers yes "$PEER4" $OTHER4 "$PEER6"
  tell_peers 3 "hit ip any - - $PEER4" || fail 'a third set is refused'
  claim_answers no "$PEER4"
  claim_answers yes $OTHER4
  gone
  ! tell_peers 4 "hit ip any - - $PEER4" || fail 'an update after the end is taken'
  [[ $(<"$CASE/told") == '{"event":"peersRefused",'*'"message":"the fault is over"}' ]] || fail "update says $(<"$CASE/told")"
}

case_update_that_is_refused_changes_nothing() {
  local row
  hits "hit ip any - - $PEER4"
  traffic_control >"$CASE/held"
  for row in 'hit ip any - - 192.0.2.256' 'hit ip any 80 - 192.0.2.1' 'reboot' $'hit ip any - - 192.0.2.1\nhit ip any - -' \
    'hit host any - - nobody.invalid' 'pass host any - - nobody.invalid'; do
    ! tell_peers abc "$row" || fail "taken: $row"
    [[ $(<"$CASE/told") == '{"event":"peersRefused",'*'"generation":"abc","message":"'?* ]] || fail "update says $(<"$CASE/told")"
  done
  ! tell_peers 'abc 2' 'hit ip any - - 192.0.2.1' || fail 'a set that is cut off is taken'
  ! tell_peers 'xyz' 'hit ip any - - 192.0.2.1' || fail 'a wrong generation is taken'
  traffic_control >"$CASE/after"
  claim_equal 'changes' '' "$(diff <(sed 's/ (rule hit.*//; s/installed.*//' "$CASE/held") <(sed 's/ (rule hit.*//; s/installed.*//' "$CASE/after"))"
  claim_answers no "$PEER4"
  gone
}

# What stays a peer is hit, and what stays an exception is not, while the others change.
case_update_leaves_no_gap() {
  local round pings
  in_peer tc qdisc add dev eth0 clsact
  in_peer tc filter add dev eth0 ingress protocol ip prio 1 flower dst_ip "$PEER4" ip_proto icmp action ok
  hits $'hit any any - - -\npass ip any - - '"$OTHER4"
  in_pod ping -q -i 0.002 -w 60 "$PEER4" >"$CASE/hit.log" &
  in_pod ping -q -i 0.002 -w 60 $OTHER4 >"$CASE/passed.log" &
  for round in 1 2 3 4 5 6 7 8; do
    tell_peers $round "hit ip any - - $PEER4 10.99.0.0/24 198.51.100.$round
hit ipv6 any - - 2001:db8::$round
pass ip any - - $OTHER4 203.0.113.$round" || fail "update says $(<"$CASE/told")"
  done
  for pings in $(ip netns pids pod); do
    [[ $(<"/proc/$pings/comm") != ping ]] || kill -INT "$pings"
  done
  wait %2 %3 2>/dev/null || :
  sed -n 's/^\([0-9]*\) packets transmitted, \([0-9]*\) received.*/\1 sent, \2 answered/p' "$CASE/hit.log" "$CASE/passed.log" |
    sed 's/^/# /'
  claim_equal 'answers of the peer' 0 "$(sed -n 's/.* \([0-9]*\) received.*/\1/p' "$CASE/hit.log")"
  claim_equal 'pings that met the peer' 0 "$(in_peer tc -s filter show dev eth0 ingress | sed -n 's/.*Sent .* bytes \([0-9]*\) pkt.*/\1/p')"
  # The last one may still be on its way.
  claim_between 'lost of the exception' 0 1 "$(sed -n 's/^\([0-9]*\) packets transmitted, \([0-9]*\) received.*/\1 \2/p' "$CASE/passed.log" | awk '{ print $1 - $2 }')"
  gone
}

# hosts_file LINE...: /etc/hosts of the containers to come, and of those that are there.
hosts_file() {
  mkdir -p "$CASE/etc"
  cp "$ROOT"/etc/nsswitch.conf "$ROOT"/etc/host.conf "$CASE/etc/"
  printf 'nameserver %s\n' "$PEER4" >"$CASE/etc/resolv.conf"
  printf '%s\n' "$@" >"$CASE/etc/hosts"
  export SPOIL='mount --bind "${dev%/*}/etc" "$root/etc"'
}

case_hosts_are_resolved_and_followed() {
  hosts_file "$PEER4 there" "$PEER6 there"
  hits 'hit host any - - there'
  claim_answers no "$PEER4" "$PEER6"
  claim_answers yes $OTHER4 $OTHER6
  # Queries for names pass, or the agent could not follow them.
  claim_arrives 'a query' yes pod peer "$PEER4" 53 6000
  hosts_file "$OTHER4 there"
  await 'the new address is hit' no_answer $OTHER4
  claim_answers no "$PEER4" "$PEER6"
  hosts_file
  sleep 6
  claim_answers no "$PEER4" $OTHER4
  claim_answers yes $OTHER6
  gone
}

no_answer() { ! in_pod ping -q -c 1 -W 1 "$1" >"$CASE/ping.log"; }

case_hosts_that_do_not_resolve() {
  hosts_file "$PEER4 there"
  plan both-loss-100-peers
  remember
  agent a SQUALL_PEERS='hit host any - - there nobody.invalid'
  claim_report a PeersUnresolved
  claim_message a nobody.invalid
  agent b SQUALL_PEERS=$'hit host any - - nobody.invalid\npass host any - - none.invalid there'
  claim_report b ExceptionUnresolved
  claim_message b none.invalid
  claim_equal 'applied' false "$(of_report b applied)"
  claim_unchanged
}

# getent that hangs for a minute, from its second call on, delays neither the end nor the tidying after it, with the tc
# that stands by from early on.
case_hosts_that_hang() {
  plan both-loss-100-peers
  remember
  watch_end
  printf '#!/bin/sh\n[ ! -e /dev/asked ] || exec sleep 60\nprintf "" >/dev/asked\necho %s STREAM there\n' "$PEER4" >"$CASE/getent"
  chmod +x "$CASE/getent"
  export SPOIL='mount --bind "${dev%/*}/getent" "$root/usr/bin/getent"'
  start a SQUALL_DURATION_MS=7000 SQUALL_PULSES='600 600' SQUALL_PEERS='hit host any - - there'
  wait "$STARTED" || fail 'the agent returns an error'
  claim_tidied_up_later a
  claim_end a $(($(of_event a applied epochMs) + 7000))
  claim_report a Elapsed
  claim_unchanged
}

case_peers_by_the_thousands() {
  local began rules
  rules=$(many 20)
  printf '# %s characters\n' ${#rules}
  hits "$rules
hit ip any - - $PEER4"
  printf '# 5,001 addresses in both directions: applied %s ms after the start event\n' \
    $(($(of_event a applied epochMs) - $(of_event a start epochMs)))
  claim_answers no "$PEER4"
  claim_answers yes $OTHER4
  began=$(now_ms)
  tell_peers 1 "$(many 30)
hit ip any - - $OTHER4" || fail "update says $(<"$CASE/told")"
  printf '# 5,001 others in force after %s ms\n' $(($(now_ms) - began))
  claim_answers no $OTHER4
  claim_answers yes "$PEER4"
  began=$(now_ms)
  gone
  printf '# gone %s ms after the stop\n' $(($(of_report a endedAtMs) - began))
}
