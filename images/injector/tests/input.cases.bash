# shellcheck shell=bash
# shellcheck disable=SC2016 # texts that nothing may expand
# What the environment may not say: refused by name, with nothing changed.

refused_inputs() {
  local long
  long=$(head -c 60000 /dev/zero | tr '\0' x)
  # Each row: the variable that the message names, and its value.
  rows=(
    'SQUALL_HANDLE='
    'SQUALL_HANDLE=1F'
    'SQUALL_HANDLE=zz'
    'SQUALL_HANDLE=1ff'
    'SQUALL_UID='
    'SQUALL_UID=a b'
    $'SQUALL_UID=a"\\\n'
    "SQUALL_UID=$long"
    'SQUALL_ATTEMPT='
    'SQUALL_ATTEMPT=one'
    'SQUALL_DURATION_MS='
    'SQUALL_DURATION_MS=-1'
    'SQUALL_DURATION_MS=1.5'
    'SQUALL_DURATION_MS=08'
    'SQUALL_DURATION_MS=1e3'
    'SQUALL_DURATION_MS=$(reboot)'
    'SQUALL_DURATION_MS=9999999999999999'
    'SQUALL_START_BEFORE_MS=soon'
    'SQUALL_DEADLINE_MS='
    'SQUALL_INTERFACE=eth0 root'
    'SQUALL_INTERFACE=eth0;reboot'
    'SQUALL_INTERFACE=interface-too-long'
    'SQUALL_INTERFACE=..'
    'SQUALL_MODE=walk'
    'SQUALL_INSTALL='
    "SQUALL_INSTALL=tc qdisc add dev {dev} root handle 7a1f: $long\"\\"
    'SQUALL_INSTALL=tc qdisc replace dev {dev} root handle 7a1f: prio'
    'SQUALL_INSTALL=tc qdisc add dev {dev} root prio'
    'SQUALL_INSTALL=tc qdisc add dev {dev} root handle 7a2b: prio'
    'SQUALL_INSTALL=tc qdisc add dev eth0 root handle 7a1f: prio'
    'SQUALL_INSTALL=tc qdisc del dev {dev} root'
    'SQUALL_INSTALL=tc filter add dev {dev} ingress protocol ip prio 1 matchall action ok'
    'SQUALL_INSTALL=tc filter add dev {dev} parent 7a1f: dev {dev}'
    'SQUALL_INSTALL=ip link set eth0 down'
    'SQUALL_INSTALL=ip link add squall-2b txqueuelen 10000 type ifb'
    'SQUALL_INSTALL=ip link add squall-1f txqueuelen many type ifb'
    'SQUALL_INSTALL=ip link add squall-1f txqueuelen 10000 address 2:0:0:0:0:1 type ifb'
    'SQUALL_INSTALL=ip link add squall-1f txqueuelen 10000 type ifb ; reboot'
    'SQUALL_INSTALL=tc filter add dev {dev} parent 7c2b: protocol all prio 16 matchall classid 7c2b:2 action ok'
    'SQUALL_INSTALL=ip netns add x'
    'SQUALL_INSTALL=reboot'
    $'SQUALL_INSTALL=tc qdisc add dev {dev} clsact\nreboot'
    $'SQUALL_INSTALL=tc qdisc add dev {dev} root handle 7a1f: \\\nreboot'
    'SQUALL_INSTALL=tc qdisc add dev {dev} root handle 7a1f: $(reboot)'
    'SQUALL_STEPS=tc filter add dev {dev} parent 7c1f: protocol all prio 15 matchall classid 7c1f:3 action ok'
    'SQUALL_STEPS=-1 tc filter add dev {dev} parent 7c1f: protocol all prio 15 matchall classid 7c1f:3 action ok'
    'SQUALL_STEPS=5 tc filter add dev {dev} parent 7c2b: protocol all prio 15 matchall classid 7c2b:3 action ok'
    'SQUALL_STEPS=5 tc filter add dev {dev} parent 7c1f: protocol all prio 1 matchall classid 7c1f:3 action ok'
    'SQUALL_STEPS=5 tc filter add dev {dev} parent 7c1f: protocol all prio 15 matchall classid 7c1f:3 action drop'
    'SQUALL_STEPS=5 tc filter add dev {dev} parent 7c1f: protocol all prio 15 matchall classid 7a1f:3 action ok'
    'SQUALL_STEPS=5 tc qdisc add dev {dev} parent 7c1f:2 handle 611f: netem'
    $'SQUALL_STEPS=9 tc filter add dev {dev} parent 7c1f: protocol all prio 15 matchall classid 7c1f:3 action ok\n5 tc filter add dev {dev} parent 7c1f: protocol all prio 14 matchall classid 7c1f:4 action ok'
    'SQUALL_PULSES=100'
    'SQUALL_PULSES=100 0'
    'SQUALL_PULSES=0 100'
    'SQUALL_PULSES=100 1e3'
    'SQUALL_PULSES=100 100 100'
    'SQUALL_PULSES=$(reboot) 5'
    'SQUALL_PEERS=hit ip tcp 443 -'
    'SQUALL_PEERS=miss ip tcp 443 - 192.0.2.1'
    'SQUALL_PEERS=hit ipv5 tcp 443 - 192.0.2.1'
    'SQUALL_PEERS=hit ip gre - - 192.0.2.1'
    'SQUALL_PEERS=hit ip any 443 - 192.0.2.1'
    'SQUALL_PEERS=hit ip icmp - 443 192.0.2.1'
    'SQUALL_PEERS=hit ip tcp 0 - 192.0.2.1'
    'SQUALL_PEERS=hit ip tcp 65536 - 192.0.2.1'
    'SQUALL_PEERS=hit ip tcp 90-80 - 192.0.2.1'
    'SQUALL_PEERS=hit ip tcp 443 80- 192.0.2.1'
    'SQUALL_PEERS=hit ip any - - -'
    'SQUALL_PEERS=hit ip any - - 192.0.2.256'
    'SQUALL_PEERS=hit ip any - - 192.0.2'
    'SQUALL_PEERS=hit ip any - - 192.0.2.0/33'
    'SQUALL_PEERS=hit ip any - - fd00::1'
    'SQUALL_PEERS=hit ipv6 any - - 192.0.2.1'
    'SQUALL_PEERS=hit ipv6 any - - fd00::1::2'
    'SQUALL_PEERS=hit ipv6 any - - fd00:1:2:3:4:5:6:7:8'
    'SQUALL_PEERS=hit ipv6 any - - fd00::12345'
    'SQUALL_PEERS=hit ipv6 any - - fd00::/129'
    'SQUALL_PEERS=hit any any - - 192.0.2.1'
    'SQUALL_PEERS=pass gateway any - - 192.0.2.1'
    'SQUALL_PEERS=hit host any - - -a'
    'SQUALL_PEERS=hit host any - - $(reboot)'
    'SQUALL_PEERS=hit ip any - - 192.0.2.1;reboot'
    $'SQUALL_PEERS=hit ip any - - 192.0.2.1\nreboot'
    'SQUALL_UNDO='
    'SQUALL_UNDO=tc qdisc del dev {dev} root'
    'SQUALL_UNDO=tc qdisc del dev {dev} root handle 7a2b:'
    'SQUALL_UNDO=tc qdisc del dev eth0 root handle 7a1f:'
    'SQUALL_UNDO=ip link del eth0'
    'SQUALL_UNDO=ip link del squall-1f type ifb group default'
    'SQUALL_UNDO=tc filter del dev {dev} ingress'
    'SQUALL_UNDO=tc qdisc add dev {dev} clsact'
  )
}

case_input_that_is_refused() {
  plan both-loss-20
  remember
  local row rows count=0
  refused_inputs
  for row in "${rows[@]}"; do
    count=$((count + 1))
    agent "row$count" "$row" || fail "the agent returns an error for ${row:0:80}"
    claim_report "row$count" BadInput
    claim_message "row$count" "${row%%=*}"
    claim_equal 'applied' false "$(of_report "row$count" applied)"
  done
  claim_unchanged
}

case_reap_input_that_is_refused() {
  plan both-loss-20
  remember
  local row count=0
  for row in SQUALL_HANDLE=ZZ SQUALL_UID= SQUALL_ATTEMPT=x SQUALL_UNDO= 'SQUALL_UNDO=ip link del eth0'; do
    count=$((count + 1))
    reap "row$count" "$row" || fail "the reaper returns an error for $row"
    claim_report "row$count" BadInput
    claim_message "row$count" "${row%%=*}"
  done
  claim_unchanged
}
