# shellcheck shell=bash
# The lab's network namespace. It holds the control plane, a bridge and the
# node's tap; it has no way out of this machine.

in_netns() {
  nsenter --net="/run/netns/$LAB_NETNS" -- "$@"
}

network_exists() {
  [[ -e /run/netns/$LAB_NETNS ]] && in_netns ip link show "$LAB_TAP" >/dev/null 2>&1
}

# Makes the namespace anew: what was in an earlier one ends.
network_up() {
  daemon_stop ssh node "${CONTROL_PLANE[@]}"
  network_down
  ip netns add "$LAB_NETNS"
  in_netns sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
    net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
  in_netns ip -batch - <<BATCH
link set lo up
link add $LAB_BRIDGE type bridge
addr add $LAB_HOST_IP/24 dev $LAB_BRIDGE
addr add $LAB_HOST_IP6/64 dev $LAB_BRIDGE nodad
link set $LAB_BRIDGE up
tuntap add $LAB_TAP mode tap
link set $LAB_TAP txqueuelen 10000
link set $LAB_TAP master $LAB_BRIDGE up
route add $LAB_POD_CIDR via $LAB_NODE_IP
route add $LAB_SERVICE_CIDR via $LAB_NODE_IP
route add $LAB_POD_CIDR6 via $LAB_NODE_IP6
route add $LAB_SERVICE_CIDR6 via $LAB_NODE_IP6
BATCH
  # As on the node: nothing between here and a pod may drop a burst.
  in_netns tc qdisc add dev "$LAB_TAP" root handle 1: pfifo limit 10000
}

# Ends what runs in the namespace (whatever `lab netns` left there has lost its
# network) and removes it with its interfaces.
network_down() {
  [[ -e /run/netns/$LAB_NETNS ]] || return 0
  local pid signal
  for signal in TERM KILL; do
    for pid in $(ip netns pids "$LAB_NETNS"); do
      [[ $pid -eq $$ || $pid -eq $BASHPID ]] || kill "-$signal" "$pid" 2>/dev/null || true
    done
    for _ in {1..20}; do
      [[ -n $(ip netns pids "$LAB_NETNS") ]] || break 2
      sleep 0.05
    done
  done
  ip netns delete "$LAB_NETNS"
}

lab_netns() {
  [[ $# -gt 0 ]] || usage_error "netns: give a command to run"
  require_lab
  exec nsenter --net="/run/netns/$LAB_NETNS" -- "$@"
}
