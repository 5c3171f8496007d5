# shellcheck shell=bash
# shellcheck disable=SC2016 # awk programs
# Traffic between the pod and its peer, counted by the receiving kernel.

readonly DATAGRAMS=20000

# received SIDE FAMILY: UDP datagrams that arrived in the namespace so far, delivered or not.
received() {
  if [[ $2 == 4 ]]; then
    "in_$1" awk '/^Udp:/ && $2 ~ /^[0-9]/ { print $2 + $3 + $4 }' /proc/net/snmp
  else
    "in_$1" awk '/^Udp6(InDatagrams|NoPorts|InErrors)/ { n += $2 } END { print n }' /proc/net/snmp6
  fi
}

# lost_datagrams FROM TO FAMILY: sends DATAGRAMS and answers in LOST how many did not arrive.
lost_datagrams() {
  local before address receiver
  case $2$3 in
    pod4) address=$POD4 ;;
    pod6) address=[$POD6] ;;
    peer4) address=$PEER4 ;;
    peer6) address=[$PEER6] ;;
  esac
  "in_$2" socat -u "UDP$3-RECV:9000,rcvbuf=4000000" /dev/null &
  receiver=$!
  await "the receiver listens" "listens_$3" "$2"
  before=$(received "$2" "$3")
  # The blocks of 64 bytes become one datagram each.
  dd if=/dev/zero bs=64 count=$DATAGRAMS status=none | "in_$1" socat -u -b64 - "UDP$3-SENDTO:$address:9000"
  await_settled "$2" "$3"
  # shellcheck disable=SC2034 # the answer
  LOST=$((DATAGRAMS - (SETTLED - before)))
  kill "$receiver"
  wait "$receiver" 2>/dev/null || :
}

listens_4() { "in_$1" grep -q ':2328 ' /proc/net/udp; }
listens_6() { "in_$1" grep -q ':2328 ' /proc/net/udp6; }

# Until nothing more arrives; answers in SETTLED.
await_settled() {
  SETTLED=
  local last=-1
  while [[ $SETTLED != "$last" ]]; do
    last=$SETTLED
    in_pod tc qdisc show >/dev/null
    SETTLED=$(received "$1" "$2")
  done
}

# Somebody listens on TCP port 9001 of the peer.
listens_tcp() { in_peer grep -q ':2329 .* 0A ' /proc/net/tcp; }
