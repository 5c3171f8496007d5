# shellcheck shell=bash
# What the agent refuses, before it changes anything.

# refuses REASON PART [VAR=VALUE...]: nothing is changed, and the message holds the part.
refuses() {
  local reason=$1 part=$2
  shift 2
  remember
  agent a "$@" || fail 'the agent returns an error'
  claim_report a "$reason"
  claim_message a "$part"
  claim_equal 'applied' false "$(of_report a applied)"
  claim_unchanged
}

case_refuses_a_foreign_root() {
  plan both-loss-20
  in_pod tc qdisc add dev eth0 root handle 1: tbf rate 1gbit burst 100k latency 50ms
  refuses ForeignQdisc 'tbf 1: on eth0 is not ours'
}

case_refuses_a_foreign_clsact() {
  plan egress-loss-20
  in_pod tc qdisc add dev eth0 clsact
  in_pod tc filter add dev eth0 egress protocol ip prio 1 matchall action ok
  refuses ForeignQdisc 'clsact ffff: on eth0 is not ours'
}

case_refuses_a_foreign_ingress() {
  plan egress-loss-20
  in_pod tc qdisc add dev eth0 ingress
  refuses ForeignQdisc 'ingress ffff: on eth0 is not ours'
}

case_refuses_a_second_fault() {
  plan both-loss-20
  start other
  with_handle 2b
  refuses AlreadyFaulted '7a1f: on'
  HANDLE=1f
  stop other
  claim_report other Stopped
}

case_refuses_a_second_fault_of_another_direction() {
  plan ingress-loss-20
  start other
  plan egress-loss-20
  with_handle 2b
  refuses AlreadyFaulted squall-1f
}

# Two agents that start at once: one wins, its fault stays whole, the other says why not.
case_race_of_two() {
  local round name winner loser
  for round in 1 2 3 4; do
    plan both-loss-20
    agent "one$round" 2>/dev/null &
    with_handle 2b
    agent "two$round" 2>/dev/null &
    await 'one of them loses' said_either report "one$round" "two$round"
    for name in "one$round" "two$round"; do
      if said "$name" report; then loser=$name; else winner=$name; fi
    done
    claim_report "$loser" AlreadyFaulted
    await 'the other wins' said "$winner" applied
    HANDLE=$(of_event "$winner" applied handle)
    claim_equal 'netem leaves of the winner' 2 "$(in_pod tc qdisc show | grep -c "^qdisc netem 7b$HANDLE:")"
    claim_equal 'netem leaves' 2 "$(in_pod tc qdisc show | grep -c '^qdisc netem')"
    claim_equal 'redirections' 2 "$(in_pod tc filter show dev eth0 ingress | grep -c "device squall-$HANDLE)")"
    stop "$winner"
    claim_report "$winner" Stopped
    HANDLE=1f
  done
}

said_either() { said "$2" "$1" || said "$3" "$1"; }

case_a_foreign_root_elsewhere_is_no_matter() {
  plan both-loss-20
  in_pod ip link add other type ifb
  in_pod tc qdisc add dev other root handle 1: tbf rate 1gbit burst 100k latency 50ms
  remember
  start a
  stop a
  claim_report a Stopped
  claim_unchanged
}

# A device whose default the kernel chose itself, and gives back.
case_a_default_qdisc_with_queues_comes_back() {
  plan egress-loss-20
  in_pod ip link add eth9 type ifb
  in_pod ip link set eth9 up
  [[ $(in_pod tc qdisc show dev eth9) != *noqueue* ]] || fail 'the device has no queue'
  remember
  start a SQUALL_INTERFACE=eth9
  claim_equal 'interface' eth9 "$(of_event a applied interface)"
  stop a
  claim_report a Stopped
  claim_unchanged
}

case_own_residue_is_only_removed() {
  plan both-loss-20
  remember
  start first
  kill -KILL "$(agent_pid first)"
  agent a
  claim_report a OwnResidue
  claim_equal 'applied' false "$(of_report a applied)"
  claim_unchanged
}

case_without_the_capability() {
  plan both-loss-20
  remember
  new_container a
  (in_container a "" SQUALL_MODE=run SQUALL_UID="$UID_OF_RUN" SQUALL_ATTEMPT=1 SQUALL_HANDLE=1f SQUALL_INSTALL="$INSTALL" \
    SQUALL_UNDO="$UNDO" SQUALL_DURATION_MS=1000 SQUALL_START_BEFORE_MS=$(($(now_ms) + 9000)) \
    SQUALL_DEADLINE_MS=$(($(now_ms) + 9000)) -- /squall/agent) >"$CASE/a.log" 2>"$CASE/a.errors"
  claim_report a NotPermitted
  claim_unchanged
}

case_an_unknown_kind_is_unavailable() {
  plan both-loss-20
  INSTALL=${INSTALL//netem limit 100000 loss random 20%/nosuchkind}
  refuses NetemUnavailable nosuchkind
}

case_interface_of_the_default_route() {
  plan egress-loss-20
  in_pod ip link add eth1 type ifb
  in_pod ip link set eth1 up
  in_pod ip addr add 10.98.0.1/24 dev eth1
  in_pod ip route replace default via "$PEER4" metric 50
  in_pod ip route del default via "$PEER4" metric 0
  in_pod ip route add default via 10.98.0.2 metric 10
  start a
  claim_equal 'interface' eth1 "$(of_event a applied interface)"
}

case_interface_of_the_ipv6_default_route() {
  plan egress-loss-20
  in_pod ip link add eth1 type ifb
  in_pod ip link set eth1 up
  in_pod ip route del default
  in_pod ip -6 route add default via "$PEER6" metric 50
  start a
  claim_equal 'interface' eth0 "$(of_event a applied interface)"
}

case_interface_when_there_is_one() {
  plan egress-loss-20
  in_pod ip route del default
  start a
  claim_equal 'interface' eth0 "$(of_event a applied interface)"
}

case_interface_that_cannot_be_told() {
  plan egress-loss-20
  in_pod ip route del default
  in_pod ip link add eth1 type ifb
  refuses InterfaceNotFound 'eth0'
}

case_interface_that_is_not_there() {
  plan egress-loss-20
  refuses InterfaceNotFound 'no interface eth7' SQUALL_INTERFACE=eth7
}
