# shellcheck shell=bash
# What rule lines mean, as text, and when the addresses of hosts come and go. Works on any kernel.

# awk_in_image PROGRAM ARGUMENT...: as the agent runs it; files are named as in the container.
awk_in_image() {
  local program=$1
  shift
  # shellcheck disable=SC2016
  (in_container a ,+net_admin -- /bin/sh -c 'program=$1; shift; awk "$@" -f /squall/parts/"$program" /dev/rules' sh "$program" "$@")
}

# filters_of PARITY RULES: the filters on both devices.
filters_of() {
  printf '%s\n' - "$2" >"$CASE/a/rules"
  awk_in_image peers.awk -v task=expand -v root=7a1f: -v ifb=squall-1f -v devices='squall-1f eth0' -v parity="$1" \
    -v kinds=/dev/kinds -v hosts=/dev/hosts -v nameservers=/dev/resolv.conf -v routes4=/dev/route4 -v routes6=/dev/route6
}

case_rules_become_filters() {
  new_container a
  printf '%s\n' 'there 192.0.2.9 5' 'there 2001:db8::9 5' >"$CASE/a/hosts"
  printf '%s\n' 'search a.b' 'nameserver 192.0.2.53' 'nameserver fe80::53%eth0' >"$CASE/a/resolv.conf"
  printf '%s\n' 'Iface Destination Gateway' 'eth0 00000000 010200C0 0003 0 0 0 00000000 0 0 0' 'eth0 00000200 00000000 0001 0 0 0 0000FFFF 0 0 0' \
    >"$CASE/a/route4"
  printf '%s\n' '00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 1 0 00000003 eth0' \
    '00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 1 0 00200200 lo' \
    >"$CASE/a/route6"
  filters_of 1 'hit ip tcp 443 8000-8010 192.0.2.1 192.0.2.1/32 192.0.2.77/26

hit ipv6 icmp - - 2001:DB8:0::/32 ::1
hit any any - - -
hit host udp - 5 there
pass gateway l4 - - -' >"$CASE/filters"
  local e='filter add dev eth0 parent 7a1f: protocol' i='filter add dev squall-1f parent 7a1f: protocol'
  diff - "$CASE/filters" <<END || fail 'other filters'
$i ip prio 4 flower ip_proto udp src_ip 192.0.2.53 src_port 53 classid 7a1f:1
$e ip prio 4 flower ip_proto udp dst_ip 192.0.2.53 dst_port 53 classid 7a1f:1
$i ip prio 4 flower ip_proto tcp src_ip 192.0.2.53 src_port 53 classid 7a1f:1
$e ip prio 4 flower ip_proto tcp dst_ip 192.0.2.53 dst_port 53 classid 7a1f:1
$i ipv6 prio 5 flower ip_proto udp src_ip fe80:0:0:0:0:0:0:53 src_port 53 classid 7a1f:1
$e ipv6 prio 5 flower ip_proto udp dst_ip fe80:0:0:0:0:0:0:53 dst_port 53 classid 7a1f:1
$i ipv6 prio 5 flower ip_proto tcp src_ip fe80:0:0:0:0:0:0:53 src_port 53 classid 7a1f:1
$e ipv6 prio 5 flower ip_proto tcp dst_ip fe80:0:0:0:0:0:0:53 dst_port 53 classid 7a1f:1
$i ip prio 12 flower ip_proto tcp src_ip 192.0.2.1 classid 7a1f:1
$e ip prio 12 flower ip_proto tcp dst_ip 192.0.2.1 classid 7a1f:1
$i ip prio 12 flower ip_proto udp src_ip 192.0.2.1 classid 7a1f:1
$e ip prio 12 flower ip_proto udp dst_ip 192.0.2.1 classid 7a1f:1
$i ip prio 12 flower ip_proto sctp src_ip 192.0.2.1 classid 7a1f:1
$e ip prio 12 flower ip_proto sctp dst_ip 192.0.2.1 classid 7a1f:1
$i ipv6 prio 13 flower ip_proto tcp src_ip fe80:0:0:0:0:0:0:1 classid 7a1f:1
$e ipv6 prio 13 flower ip_proto tcp dst_ip fe80:0:0:0:0:0:0:1 classid 7a1f:1
$i ipv6 prio 13 flower ip_proto udp src_ip fe80:0:0:0:0:0:0:1 classid 7a1f:1
$e ipv6 prio 13 flower ip_proto udp dst_ip fe80:0:0:0:0:0:0:1 classid 7a1f:1
$i ipv6 prio 13 flower ip_proto sctp src_ip fe80:0:0:0:0:0:0:1 classid 7a1f:1
$e ipv6 prio 13 flower ip_proto sctp dst_ip fe80:0:0:0:0:0:0:1 classid 7a1f:1
$i ip prio 22 flower ip_proto tcp src_ip 192.0.2.1 src_port 443 dst_port 8000-8010 classid 7a1f:2
$e ip prio 22 flower ip_proto tcp dst_ip 192.0.2.1 dst_port 443 src_port 8000-8010 classid 7a1f:2
$i ip prio 22 flower ip_proto tcp src_ip 192.0.2.64/26 src_port 443 dst_port 8000-8010 classid 7a1f:2
$e ip prio 22 flower ip_proto tcp dst_ip 192.0.2.64/26 dst_port 443 src_port 8000-8010 classid 7a1f:2
$i ipv6 prio 23 flower ip_proto icmpv6 src_ip 2001:db8:0:0:0:0:0:0/32 classid 7a1f:2
$e ipv6 prio 23 flower ip_proto icmpv6 dst_ip 2001:db8:0:0:0:0:0:0/32 classid 7a1f:2
$i ipv6 prio 23 flower ip_proto icmpv6 src_ip 0:0:0:0:0:0:0:1 classid 7a1f:2
$e ipv6 prio 23 flower ip_proto icmpv6 dst_ip 0:0:0:0:0:0:0:1 classid 7a1f:2
$i ip prio 22 flower classid 7a1f:2
$e ip prio 22 flower classid 7a1f:2
$i ipv6 prio 23 flower classid 7a1f:2
$e ipv6 prio 23 flower classid 7a1f:2
$i ip prio 22 flower ip_proto udp src_ip 192.0.2.9 dst_port 5 classid 7a1f:2
$e ip prio 22 flower ip_proto udp dst_ip 192.0.2.9 src_port 5 classid 7a1f:2
$i ipv6 prio 23 flower ip_proto udp src_ip 2001:db8:0:0:0:0:0:9 dst_port 5 classid 7a1f:2
$e ipv6 prio 23 flower ip_proto udp dst_ip 2001:db8:0:0:0:0:0:9 src_port 5 classid 7a1f:2
END
  claim_equal 'kinds' 'kinds 10 11 20 21' "$(<"$CASE/a/kinds")"
}

# looks_up NOW ANSWER...: what hosts.awk says when getent gives these addresses for the name there.
looks_up() {
  local now=$1
  shift
  printf 'hit there\npass gone\n' >"$CASE/a/names"
  printf '%s STREAM there\n' "$@" >"$CASE/a/answer.1"
  : >"$CASE/a/answer.2"
  : >"$CASE/a/rules"
  printf 'hit held\n' >"$CASE/a/held"
  awk_in_image hosts.awk -v in_force="${IN_FORCE-/dev/held}" -v names=/dev/names -v answers=/dev/answer -v table=/dev/hosts -v next_table=/dev/next -v now="$now"
  mv "$CASE/a/next" "$CASE/a/hosts"
}

addresses() { awk '{ print $2 }' "$CASE/a/hosts" | sort | tr '\n' ' '; }

# Names that are not asked for this time: those in force keep what they have, others for a minute.
case_hosts_of_an_update_leave_those_in_force_alone() {
  new_container a
  printf '%s\n' 'held 192.0.2.8 1' 'other 192.0.2.9 1' >"$CASE/a/hosts"
  looks_up 50 192.0.2.1 >"$CASE/a/said"
  claim_equal 'addresses' '192.0.2.1 192.0.2.8 192.0.2.9 ' "$(addresses)"
  looks_up 900 192.0.2.1 >"$CASE/a/said"
  claim_equal 'addresses' '192.0.2.1 192.0.2.8 ' "$(addresses)"
}

case_hosts_come_at_once_and_leave_after_a_minute() {
  new_container a
  local IN_FORCE=/dev/names
  claim_equal 'first' $'changed\npass gone' "$(looks_up 100 192.0.2.1 2001:db8::1 nonsense)"
  claim_equal 'addresses' '192.0.2.1 2001:db8::1 ' "$(addresses)"
  claim_equal 'one that joins' $'changed\npass gone' "$(looks_up 105 192.0.2.2)"
  claim_equal 'addresses' '192.0.2.1 192.0.2.2 2001:db8::1 ' "$(addresses)"
  claim_equal 'answers that rotate' $'same\npass gone' "$(looks_up 150 192.0.2.1)"
  claim_equal 'after a minute' $'changed\npass gone' "$(looks_up 161 192.0.2.2)"
  claim_equal 'addresses' '192.0.2.1 192.0.2.2 ' "$(addresses)"
  claim_equal 'no answer' $'same\npass gone' "$(looks_up 900)"
  claim_equal 'another answer at last' $'changed\npass gone' "$(looks_up 905 192.0.2.3)"
  claim_equal 'addresses' '192.0.2.3 ' "$(addresses)"
  # shellcheck disable=SC2046
  looks_up 906 $(seq -f '198.51.100.%g' 0 255) 192.0.2.4 >"$CASE/a/said"
  claim_equal 'most addresses' 256 "$(wc -l <"$CASE/a/hosts")"
}

case_rules_of_thousands_of_addresses_are_read_in_no_time() {
  local began check expand
  new_container a
  many 20 >"$CASE/many"
  printf '%s\n' - "$(<"$CASE/many")" >"$CASE/a/rules"
  began=$(now_ms)
  claim_equal 'rules' 2 "$(awk_in_image peers.awk -v task=check)"
  check=$(($(now_ms) - began))
  began=$(now_ms)
  filters_of 0 "$(<"$CASE/many")" >"$CASE/filters"
  expand=$(($(now_ms) - began))
  claim_equal 'filters' 10000 "$(wc -l <"$CASE/filters")"
  printf '# 5,000 addresses: checked in %s ms, written out in %s ms\n' $check $expand
  claim_between 'ms' 0 1000 $((check + expand))
}
