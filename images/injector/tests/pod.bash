# shellcheck shell=bash
# A pod and its containers, without a cluster: two network namespaces joined by a veth pair, and the agent's image root
# as containers get it: read-only, a /dev of its own, uid 0 with CAP_NET_ADMIN and nothing else, PID 1.

readonly POD4=10.99.0.1 PEER4=10.99.0.2 POD6=fd00:99::1 PEER6=fd00:99::2
readonly UID_OF_RUN=9f0c6a52-7d0e-4c8e-9a55-0c1d2e3f4a5b

# The dynamic loader of the surrounding system, and where its libraries are: setpriv is run inside the image's root.
LOADER=$(readlink -f /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1 | head -n 1)

in_pod() { nsenter --net=/run/netns/pod "$@"; }
in_peer() { nsenter --net=/run/netns/peer "$@"; }

make_pod() {
  ip netns add pod
  ip netns add peer
  ip link add eth0 netns pod type veth peer name eth0 netns peer
  ip -n pod address add $POD4/24 dev eth0
  ip -n peer address add $PEER4/24 dev eth0
  ip -n pod address add $POD6/64 dev eth0 nodad
  ip -n peer address add $PEER6/64 dev eth0 nodad
  ip -n pod link set lo up
  ip -n pod link set eth0 up
  ip -n peer link set eth0 up
  ip -n pod route add default via $PEER4
}

# The pod's devices and what tc shows of them, filters included. Where a device has no clsact, tc says so, and that is part of it.
traffic_control() {
  local device devices
  devices=$(ip -n pod -o link | sed 's/^[0-9]*: \([^:@]*\).*/\1/')
  printf '%s\n' "$devices"
  {
    printf 'qdisc show\n'
    for device in $devices; do
      printf 'filter show dev %s\nfilter show dev %s ingress\nfilter show dev %s egress\n' "$device" "$device" "$device"
    done
  } | in_pod tc -force -batch - 2>&1 || :
}

# new_container NAME: its /dev, as Kubernetes gives it.
new_container() {
  local dev=$CASE/$1
  mkdir "$dev"
  mount -t tmpfs -o size=65536k,mode=755 tmpfs "$dev"
  mknod -m 666 "$dev/null" c 1 3
  : >"$dev/termination-log"
  mkdir "$dev/host"
}

# in_container NAME CAPABILITIES [VAR=VALUE...] -- COMMAND...: becomes the command in the container, as its PID 1 unless
# SHARED_PROCESSES is yes. What SPOIL says is done to the container's mounts before.
in_container() {
  local dev=$CASE/$1 capabilities=$2 environment=() processes=(--pid --fork --kill-child)
  [[ ${SHARED_PROCESSES-} != yes ]] || processes=()
  shift 2
  while [[ $1 != -- ]]; do
    environment+=("$1")
    shift
  done
  shift
  # shellcheck disable=SC2016
  exec nsenter --net=/run/netns/pod unshare --mount "${processes[@]}" -- bash -c '
    set -e
    root=$1 dev=$2 loader=$3 capabilities=$4 environment=$5
    shift 5
    # One mount for all: each costs 50 ms on an emulated machine.
    printf "%s 0 0\n" "$root $root none bind,ro" "$dev $root/dev none bind" "/ $root/dev/host none bind" \
      "proc $root/proc proc defaults" >"$dev.mounts"
    mount --all --fstab "$dev.mounts"
    if [[ -n ${SPOIL-} ]]; then eval "$SPOIL"; fi
    exec env -i "${@:1:environment}" /usr/sbin/chroot "$root" "/dev/host$loader" \
      --library-path "/dev/host${loader%/*}" /dev/host/usr/bin/setpriv \
      --bounding-set "-all$capabilities" --inh-caps "-all$capabilities" "${@:environment+1}"
  ' bash "$ROOT" "$dev" "$LOADER" "$capabilities" "${#environment[@]}" "${environment[@]}" "$@"
}

# plan GOLDEN: sets INSTALL, UNDO and STEPS from the domain's golden texts, whose handle is 1f.
plan() {
  INSTALL=$(<"$PLANS/$1.install")
  UNDO=$(<"$PLANS/$1.undo")
  STEPS=''
  [[ ! -e $PLANS/$1.steps ]] || STEPS=$(<"$PLANS/$1.steps")
}

# within_filters LINE PLAN: this line and the one before it are filters of one priority.
within_filters() {
  (($1 > 1)) && [[ $(sed -n "$(($1 - 1)),$1 s/.* parent \(.* prio [0-9]*\) .*/\1/p" <<<"$2" | uniq -d) ]]
}

# many FIRST: the rule for 5,000 addresses, of IPv4 and IPv6.
many() {
  awk -v first="$1" 'BEGIN {
    printf "hit ip any - -"
    for (n = 0; n < 4000; n++) printf " 10.%d.%d.%d", first, n / 250, n % 250
    printf "\nhit ipv6 any - -"
    for (n = 0; n < 1000; n++) printf " 2001:db8:%x::%x", first, n
  }'
}

# with_handle XX: INSTALL, UNDO and STEPS for another handle. The majors are 7a to 7c, and 61 to 6e for the steps of a profile.
with_handle() {
  local script="s/squall-1f/squall-$1/g; s/\\b\\(7[abc]\\|6[1-9a-e]\\)1f:/\\1$1:/g; s/prio $((0x7a1f))/prio $((0x7a$1))/; s/prio $((0x7b1f))/prio $((0x7b$1))/"
  INSTALL=$(sed "$script" <<<"$INSTALL")
  UNDO=$(sed "$script" <<<"$UNDO")
  STEPS=$(sed "$script" <<<"$STEPS")
  HANDLE=$1
}

now_ms() {
  local now=$EPOCHREALTIME
  printf '%s' "${now%.*}${now#*.}" | sed 's/...$//'
}

# agent NAME [VAR=VALUE...]: runs the agent in a new container until it ends; its output is in $CASE/NAME.log.
agent() {
  local name=$1 now
  shift
  [[ -d $CASE/$name ]] || new_container "$name"
  now=$(now_ms)
  (in_container "$name" ",+net_admin" SQUALL_MODE=run SQUALL_EXPERIMENT=shop/loss SQUALL_UID=$UID_OF_RUN SQUALL_ATTEMPT=1 \
    SQUALL_HANDLE="$HANDLE" SQUALL_INTERFACE= SQUALL_INSTALL="$INSTALL" SQUALL_UNDO="$UNDO" SQUALL_STEPS="$STEPS" SQUALL_DURATION_MS=60000 \
    SQUALL_START_BEFORE_MS=$((now + 60000)) SQUALL_DEADLINE_MS=$((now + 120000)) "$@" -- /squall/agent) \
    >"$CASE/$name.log" 2>"$CASE/$name.errors"
}

reap() {
  agent "$1" SQUALL_MODE=reap SQUALL_INSTALL= SQUALL_DURATION_MS= "${@:2}"
}

# verb NAME VERB: what exec does in a container that runs.
verb() {
  (in_container "$1" ",+net_admin" SQUALL_UID=$UID_OF_RUN SQUALL_ATTEMPT=1 SQUALL_HANDLE="$HANDLE" -- /squall/agent "$2") \
    2>>"$CASE/$1.errors"
}

# stop NAME: what it prints is in $CASE/NAME.stopped.
stop() { verb "$1" stop >"$CASE/$1.stopped"; }

# start NAME [VAR=VALUE...]: runs the agent in the background and waits until its fault is proven.
start() {
  agent "$@" 2>/dev/null &
  STARTED=$!
  await "$1 is applied or ends" said_or_ended "$1" $STARTED
  said "$1" applied || fail "$1 ends without a fault"
}

said_or_ended() { said "$1" applied || ! kill -0 "$2" 2>/dev/null; }

# The process id of the agent in the container, outside of it: the container's PID 1.
agent_pid() {
  local pid
  for pid in $(pgrep -f '^/bin/sh /squall/agent$'); do
    if [[ /proc/$pid/root/dev -ef $CASE/$1 ]]; then
      printf '%s\n' "$pid"
      return
    fi
  done
  return 1
}

said() { grep -q "^{\"event\":\"$2\"" "$CASE/$1.log" 2>/dev/null; }

# of_event NAME EVENT FIELD: the field's value; a field of an object inside is named with a dot.
of_event() {
  local path=${3/./'":{[^}]*"'}
  sed -n "/^{\"event\":\"$2\"/s/.*\"$path\":\"\\{0,1\\}\\([^\",}]*\\).*/\\1/p" "$CASE/$1.log"
}

of_report() { of_event "$1" report "$2"; }
message_of() { sed -n '/^{"event":"report"/s/.*"message":"\(.*\)","appliedAtMs".*/\1/p' "$CASE/$1.log"; }
