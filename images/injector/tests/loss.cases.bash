# shellcheck shell=bash
# The faults do what they say, measured by what the receiving kernel counts, and their own counters agree with it.

# measure FAMILY EGRESS INGRESS VARIANCE: with the fault of INSTALL applied, the loss of each direction is as wanted.
measure() {
  local egress_lost
  start a
  lost_datagrams pod peer "$1"
  egress_lost=$LOST
  claim_loss "egress of IPv$1" "$DATAGRAMS" "$egress_lost" "$2" "$4"
  lost_datagrams peer pod "$1"
  claim_loss "ingress of IPv$1" "$DATAGRAMS" "$LOST" "$3" "$4"
  stop a
  claim_report a Stopped
  claim_unchanged
  claim_counters egress "$2" "$egress_lost"
  claim_counters ingress "$3" "$LOST"
}

# claim_counters DIRECTION PERCENT LOST: seen and passed are there exactly when the direction is impaired, and agree with
# the datagrams lost, but for the few packets that the two kernels send on their own.
claim_counters() {
  local seen passed
  seen=$(of_report a "$1.seen")
  passed=$(of_report a "$1.passed")
  if [[ $2 == 0 ]]; then
    claim_equal "$1 seen" '' "$seen"
    return
  fi
  claim_between "$1 seen" "$DATAGRAMS" $((DATAGRAMS + 30)) "$seen"
  claim_between "$1 lost" "$3" $(($3 + 30)) $((seen - passed))
}

case_loss_on_egress_only() {
  plan egress-loss-20
  remember
  measure 4 20 0 1
}

case_loss_on_ingress_only() {
  plan ingress-loss-20
  remember
  measure 4 0 20 1
}

case_loss_on_both() {
  plan both-loss-20
  remember
  measure 4 20 20 1
}

case_loss_of_ipv6() {
  plan both-loss-20
  remember
  measure 6 20 20 1
}

# Bursts: the state of the Gilbert model (p 10 %, r 40 %) widens the variance by (2 - p - r) / (p + r).
case_loss_in_bursts() {
  plan both-loss-20-correlation-50
  remember
  measure 4 20 20 3
}

case_loss_of_everything_keeps_neighbour_discovery() {
  plan both-loss-100
  remember
  start a
  in_pod ip neigh flush all
  in_peer ip neigh flush all
  local address
  for address in $PEER4 $PEER6; do
    ! in_pod ping -q -c 2 -i 0.2 -W 1 "$address" >"$CASE/ping.log" || fail "$address answers"
    [[ $(in_pod ip neigh show "$address") == *lladdr* ]] || fail "the pod finds no neighbour $address"
  done
  for address in $POD4 $POD6; do
    ! in_peer ping -q -c 2 -i 0.2 -W 1 "$address" >"$CASE/ping.log" || fail "$address answers"
    [[ $(in_peer ip neigh show "$address") == *lladdr* ]] || fail "the peer finds no neighbour $address"
  done
  stop a
  claim_report a Stopped
  claim_unchanged
  claim_equal 'egress passed' 0 "$(of_report a egress.passed)"
  claim_equal 'ingress passed' 0 "$(of_report a ingress.passed)"
}

# netem drops whole TCP buffers and counts them as one; our counters count their segments.
case_counters_of_large_tcp_buffers() {
  plan egress-loss-20
  INSTALL=${INSTALL//random 20%/random 2%}
  in_peer tc qdisc add dev eth0 clsact
  in_peer tc filter add dev eth0 ingress protocol ip prio 1 matchall action ok
  start a
  in_peer socat -u TCP4-LISTEN:9001,rcvbuf=4000000 /dev/null &
  await 'the receiver listens' listens_tcp
  local before after
  before=$(segments_sent)
  dd if=/dev/zero bs=1M count=40 status=none | in_pod socat -u - TCP4:"$PEER4":9001
  stop a
  claim_report a Stopped
  after=$(segments_sent)
  local arrived buffers seen passed
  arrived=$(in_peer tc -s filter show dev eth0 ingress | sed -n 's/.*Sent .* bytes \([0-9]*\) pkt.*/\1/p')
  buffers=$(in_peer tc -s filter show dev eth0 ingress | sed -n 's/.*rule hit \([0-9]*\).*/\1/p')
  seen=$(of_report a egress.seen)
  passed=$(of_report a egress.passed)
  printf '# %s segments sent, %s counted; %s arrived in %s buffers, %s counted\n' \
    $((after - before)) "$seen" "$arrived" "$buffers" "$passed"
  ((buffers * 2 < arrived)) || fail "no large buffers: $arrived segments in $buffers"
  claim_between 'segments seen' $((after - before - 10)) $((after - before + 10)) "$seen"
  claim_between 'segments passed' $((arrived - 10)) $((arrived + 10)) "$passed"
}

# OutSegs and RetransSegs: the former leaves out what is sent again.
# shellcheck disable=SC2016 # an awk program
segments_sent() { in_pod awk '/^Tcp:/ && $2 ~ /^[0-9]/ { print $12 + $13 }' /proc/net/snmp; }
