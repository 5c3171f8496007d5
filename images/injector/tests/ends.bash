# shellcheck shell=bash
# When a fault really ends, by the kernel's own messages.

readonly LATEST_END_MS=250

# watch_end: notes in $CASE/end when the pod's root qdisc goes, by the kernel's own messages.
watch_end() {
  in_pod stdbuf -oL tc monitor 2>/dev/null | while read -r line; do
    [[ $line != 'deleted qdisc prio 7a1f: dev eth0 root'* ]] || now_ms >"$CASE/end"
    [[ -e $CASE/watching ]] || : >"$CASE/watching"
  done 2>/dev/null &
  await 'the watch begins' seen_by_watch
}

# Somebody else's change shows that the watch listens.
seen_by_watch() {
  in_pod tc qdisc add dev lo clsact
  in_pod tc qdisc del dev lo clsact
  [[ -e $CASE/watching ]]
}

# claim_end NAME WANTED: the root qdisc went at WANTED (ms since the epoch), not before, and at most LATEST_END_MS after.
claim_end() {
  await 'the end is seen' test -s "$CASE/end"
  local late=$(($(<"$CASE/end") - $2))
  printf '# ended %s ms after its time\n' "$late"
  claim_between 'lateness' 0 $LATEST_END_MS "$late"
}
