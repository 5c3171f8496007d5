# shellcheck shell=bash
# The way into the node: ssh over the bridge, by one connection that all
# callers share. It does not pass through a pod's network, so it works whatever
# a fault does there.

# Sets SSH. The control socket's path is relative to the lab's folder, since
# the whole path of a socket has 107 characters at most.
ssh_command() {
  SSH=(
    nsenter --net="/run/netns/$LAB_NETNS" -- ssh -q -F none -i pki/ssh_key -S run/ssh.sock
    -o BatchMode=yes -o ConnectTimeout=5 -o ServerAliveInterval=10 -o ServerAliveCountMax=3
    -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o Ciphers=aes128-gcm@openssh.com
    "$@" "root@$LAB_NODE_IP"
  )
}

# on_node COMMAND: runs COMMAND by the node's /bin/sh with the caller's stdin
# and ends with its status; 255 is ssh's own failure. Without the shared
# connection it makes one of its own, which is slower.
on_node() {
  (
    ssh_command
    cd "$LAB_STATE" || exit
    exec "${SSH[@]}" -- "$1"
  )
}

# Opens the shared connection. A master that a caller starts would keep the
# caller's stderr open, hence a daemon.
connection_start() {
  daemon_stop ssh
  rm -f "$LAB_STATE/run/ssh.sock"
  ssh_command -M -N
  daemon_start ssh "${SSH[@]:2}"
  await 30 "the connection to the node to be open" connection_runs
}

connection_runs() {
  ssh_command -O check
  (cd "$LAB_STATE" && "${SSH[@]}") >/dev/null 2>&1
}

# Sets the node's clock to the host's, to within half of a round trip: its own
# starts at a whole second.
clock_set() {
  local before after remote
  before=$(date +%s%N)
  remote=$(on_node 'date +%s%N')
  after=$(date +%s%N)
  on_node "offset=$(((before + after) / 2 - remote)); now=\$((\$(date +%s%N) + offset)); date -s @\$((now / 1000000000)).\$(printf %09d \$((now % 1000000000)))"
}

lab_node() {
  [[ $# -eq 1 ]] || usage_error "node: give one command, quoted"
  require_lab
  ssh_command
  cd "$LAB_STATE" || exit
  # In place of this process: who ends it ends the command's stdin and stdout.
  exec "${SSH[@]}" -- "$1"
}
