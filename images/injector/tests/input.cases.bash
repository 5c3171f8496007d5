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
    'SQUALL_INSTALL=ip link add squall-2b type ifb'
    'SQUALL_INSTALL=ip link add squall-1f type ifb ; reboot'
    'SQUALL_INSTALL=ip netns add x'
    'SQUALL_INSTALL=reboot'
    $'SQUALL_INSTALL=tc qdisc add dev {dev} clsact\nreboot'
    $'SQUALL_INSTALL=tc qdisc add dev {dev} root handle 7a1f: \\\nreboot'
    'SQUALL_INSTALL=tc qdisc add dev {dev} root handle 7a1f: $(reboot)'
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
