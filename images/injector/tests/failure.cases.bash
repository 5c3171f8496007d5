# shellcheck shell=bash
# Whatever fails, the pod is afterwards as it was, and the report says what failed.

# Each position of the plan, one for filters in a row, gets a line that fails there: the lines before it are carried out,
# and taken back.
case_install_that_fails_at_each_line() {
  local position lines bad
  plan both-loss-20
  local good=$INSTALL
  lines=$(wc -l <<<"$good")
  remember
  for ((position = 1; position <= lines + 1; position++)); do
    ! within_filters $position "$good" || continue
    case $position in
      1) bad='ip link set squall-1f up' ;;
      2 | 3) bad='ip link add squall-1f txqueuelen 32 type ifb' ;;
      *) bad='tc qdisc add dev {dev} parent 7a1f:9 handle 7b1f: pfifo' ;;
    esac
    INSTALL=$(head -n $((position - 1)) <<<"$good"; printf '%s\n' "$bad"; tail -n +$position <<<"$good")
    agent "at$position"
    claim_report "at$position" InstallFailed
    claim_message "at$position" "${bad/'{dev}'/eth0}: "
    claim_unchanged
  done
}

case_a_qdisc_that_is_not_there_after_the_install() {
  plan egress-loss-20
  INSTALL+='
tc qdisc add dev {dev} parent 7a1f:1 handle 7a1f:9 pfifo'
  remember
  agent a
  claim_equal 'applied' false "$(of_report a applied)"
  claim_equal 'clean' true "$(of_report a clean)"
  claim_unchanged
}

# With the clock unreadable the shell ends by an error of its own.
case_an_agent_that_breaks() {
  plan both-loss-20
  remember
  # shellcheck disable=SC2016
  SPOIL='printf "spoiled\n" >"$dev/uptime"; mount --bind "$dev/uptime" "$root/proc/uptime"' agent a || :
  claim_report a InstallFailed
  claim_message a 'error of its own'
  claim_unchanged
}

case_a_device_folder_that_cannot_be_written() {
  plan both-loss-20
  remember
  # shellcheck disable=SC2016
  SPOIL='mount -o remount,bind,ro "$root/dev"' agent a || :
  claim_equal 'reason' InstallFailed "$(of_report a reason)"
  claim_equal 'clean' true "$(of_report a clean)"
  claim_unchanged
}

# Nobody reads the log any more.
case_a_log_that_is_closed() {
  plan both-loss-20
  remember
  new_container a
  mkfifo "$CASE/pipe"
  head -n 1 "$CASE/pipe" >"$CASE/first" &
  (in_container a ,+net_admin SQUALL_UID="$UID_OF_RUN" SQUALL_ATTEMPT=1 SQUALL_HANDLE=1f SQUALL_INSTALL="$INSTALL" \
    SQUALL_UNDO="$UNDO" SQUALL_DURATION_MS=1500 SQUALL_START_BEFORE_MS=$(($(now_ms) + 9000)) \
    SQUALL_DEADLINE_MS=$(($(now_ms) + 9000)) -- /squall/agent) >"$CASE/pipe" 2>"$CASE/a.errors"
  [[ $(<"$CASE/a/termination-log") == *'"applied":true,"clean":true,"reason":"Elapsed"'* ]] ||
    fail "reported: $(<"$CASE/a/termination-log")"
  claim_unchanged
}

# spoil_tc NAME: in that container tc does nothing any more, fails, and notes in its /dev/tried that it was called;
# heal_tc undoes it.
spoil_tc() {
  printf '#!/bin/sh\nprintf "tried " >>/dev/tried\nexit 1\n' >"$CASE/spoiled"
  chmod +x "$CASE/spoiled"
  nsenter --target "$(agent_pid "$1")" --mount mount --bind "$CASE/spoiled" "$ROOT/sbin/tc"
}
heal_tc() { nsenter --target "$(agent_pid "$1")" --mount umount "$ROOT/sbin/tc"; }

# The ifb stays as long as filters may lead to it: without it they would drop all that comes in.
case_an_undo_that_fails_is_said() {
  plan both-loss-20
  remember
  start a
  spoil_tc a
  stop a
  await 'the agent reports' said a report
  local status=0
  wait "$STARTED" || status=$?
  claim_equal 'exit status' 1 $status
  claim_equal 'reason' RevertFailed "$(of_report a reason)"
  claim_equal 'clean' false "$(of_report a clean)"
  [[ $(in_pod tc filter show dev eth0 ingress) == *'device squall-1f)'* ]] || fail 'the ifb is gone'
  reap r
  claim_report r Reaped
  claim_unchanged
}

case_an_undo_that_fails_at_first_is_tried_again() {
  plan both-loss-20
  remember
  start a
  spoil_tc a
  stop a &
  await 'it tried' test -s "$CASE/a/tried"
  heal_tc a
  claim_report a Stopped
  claim_unchanged
}
