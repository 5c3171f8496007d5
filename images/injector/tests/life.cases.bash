# shellcheck shell=bash
# A fault's life: when it begins, how exactly it ends, and who can end it sooner.

holds() {
  plan "$1"
  remember
  watch_end
  start a SQUALL_DURATION_MS=2000
  claim_equal 'hold' 2000 "$(of_event a applied holdMs)"
  wait "$STARTED" || fail 'the agent returns an error'
  claim_end a $(($(of_event a applied epochMs) + 2000))
  claim_report a Elapsed
  claim_equal 'applied' true "$(of_report a applied)"
  claim_unchanged
  printf '# applied %s ms after the start event\n' $(($(of_event a applied epochMs) - $(of_event a start epochMs)))
}

case_hold_is_exact_1() { holds both-loss-20; }
case_hold_is_exact_2() { holds both-loss-20; }
case_hold_is_exact_3() { holds egress-loss-20; }

# Deleting a device holds the lock that another fault of the node needs for its end.
case_the_end_comes_first_and_tidying_later() {
  plan both-loss-20
  start a SQUALL_DURATION_MS=1500
  wait "$STARTED"
  claim_tidied_up_later a
  plan egress-loss-20
  start b SQUALL_DURATION_MS=1500
  wait "$STARTED"
  claim_between 'ms from its end to its exit, without' 0 2990 $(($(now_ms) - $(of_report b endedAtMs)))
}

case_deadline_cuts_the_hold() {
  plan both-loss-20
  remember
  watch_end
  local deadline
  deadline=$(($(now_ms) + 8000))
  start a SQUALL_DURATION_MS=60000 SQUALL_DEADLINE_MS=$deadline
  wait "$STARTED"
  claim_end a $deadline
  claim_report a Deadline
  claim_unchanged
}

case_expired() {
  plan both-loss-20
  remember
  agent a SQUALL_START_BEFORE_MS=$(($(now_ms) - 1))
  claim_report a Expired
  claim_equal 'applied' false "$(of_report a applied)"
  agent b SQUALL_DEADLINE_MS=$(($(now_ms) - 1))
  claim_report b Expired
  claim_unchanged
}

case_agent_is_pid_1_with_one_capability() {
  plan both-loss-20
  start a
  local process status
  process=/proc/$(agent_pid a)
  status=$process/status
  ! touch "$process/root/mark" 2>/dev/null || fail 'its root can be written'
  claim_equal 'its process id inside' 1 "$(awk '/^NSpid/ { print $NF }' "$status")"
  claim_equal 'its capabilities' 0000000000001000 "$(awk '/^CapEff/ { print $2 }' "$status")"
}

# ends_by NAME REASON COMMAND...: the running fault is gone soon after the command.
ends_by() {
  local name=$1 reason=$2 began
  shift 2
  began=$(now_ms)
  "$@"
  claim_report "$name" "$reason"
  claim_between 'ms until gone' 0 2000 $(($(of_report "$name" endedAtMs) - began))
  claim_unchanged
}

terminate() { kill -TERM "$(agent_pid "$1")"; }

case_stop_during_hold() {
  plan both-loss-20
  remember
  start a
  ends_by a Stopped stop a
  claim_equal 'applied' true "$(of_report a applied)"
  claim_equal 'what stop prints' "$(grep '"report"' "$CASE/a.log")" "$(<"$CASE/a.stopped")"
}

case_term_during_hold() {
  plan both-loss-20
  remember
  start a
  ends_by a Terminated terminate a
}

# With a shared process namespace the agent is any process; its pod's first process is none of its business.
case_term_when_not_pid_1() {
  plan both-loss-20
  remember
  SHARED_PROCESSES=yes start a
  [[ $(agent_pid a) != 1 ]] || fail 'the agent is PID 1'
  ends_by a Terminated terminate a
}

# The stop waits for the report of an agent that is still to come.
case_stop_before_the_start() {
  plan both-loss-20
  remember
  new_container a
  stop a &
  await 'the flag is there' test -e "$CASE/a/squall.stop"
  agent a
  claim_report a Stopped
  claim_equal 'applied' false "$(of_report a applied)"
  ! said a applied || fail 'it was applied'
  wait "$!" || fail 'stop returns an error'
  claim_equal 'what stop prints' "$(grep '"report"' "$CASE/a.log")" "$(<"$CASE/a.stopped")"
  claim_unchanged
}

# Nobody hears its report: it does not wait for that for long.
case_stop_by_the_flag_alone() {
  plan both-loss-20
  remember
  start a
  : >"$CASE/a/squall.stop"
  claim_report a Stopped
  wait "$STARTED" || fail 'the agent returns an error'
  claim_between 'ms from gone to the exit' 0 3000 $(($(now_ms) - $(of_report a endedAtMs)))
  claim_unchanged
}

# Wherever in its first second a stop or TERM hits it, nothing is left and it does not hold.
ended_early() {
  local pause name
  plan both-loss-20
  remember
  for pause in 0.02 0.1 0.15 0.2 0.3 0.5; do
    name=at-$pause
    agent "$name" 2>/dev/null &
    await 'the agent lives' agent_pid "$name" >/dev/null
    sleep $pause
    "$@" "$name"
    wait "$!" || fail 'the agent returns an error'
    claim_unchanged
    claim_equal 'clean' true "$(of_report "$name" clean)"
    printf '# %s s: %s, applied %s\n' $pause "$(of_report "$name" reason)" "$(of_report "$name" applied)"
  done
}

stop_and_claim() {
  stop "$1"
  claim_report "$1" Stopped
}

term_and_claim() {
  # The first process of a container ignores signals until it has set its traps.
  await 'the agent traps' said "$1" start
  terminate "$1"
  claim_report "$1" Terminated
}

case_stop_during_install() { ended_early stop_and_claim; }
case_term_during_install() { ended_early term_and_claim; }

case_stop_without_an_agent() {
  plan both-loss-20
  start a
  kill -KILL "$(agent_pid a)"
  local began
  began=$(now_ms)
  stop a
  claim_between 'ms that stop waits for a report' 5000 9000 $(($(now_ms) - began))
  claim_equal 'what stop prints' '' "$(<"$CASE/a.stopped")"
}

case_status_follows_the_fault() {
  plan both-loss-20
  new_container a
  claim_equal 'status before' '{"event":"none"}' "$(verb a status)"
  start a
  in_pod ping -q -f -c 200 "$PEER4" >"$CASE/ping.log" || :
  verb a status >"$CASE/status.log"
  said status applied || fail 'status does not say applied'
  claim_between 'egress seen' 200 230 "$(of_event status applied egress.seen)"
  claim_between 'egress passed' 100 200 "$(of_event status applied egress.passed)"
  claim_between 'ingress seen' 100 230 "$(of_event status applied ingress.seen)"
  stop a
  claim_report a Stopped
  claim_equal 'status after' "$(grep '"report"' "$CASE/a.log")" "$(verb a status)"
}

case_wrong_use() {
  new_container a
  local status=0
  verb a begone >"$CASE/usage.log" || status=$?
  claim_equal 'exit status' 2 $status
}

case_verify_tells_of_a_connection() {
  plan egress-delay-100ms
  remember
  in_peer socat TCP4-LISTEN:9001,fork,reuseaddr /dev/null &
  await 'the receiver listens' listens_tcp
  agent a SQUALL_VERIFY="$PEER4 9001 1" SQUALL_DURATION_MS=4000
  claim_report a Elapsed
  claim_unchanged
  local before during after
  before=$(of_check before) during=$(of_check during) after=$(of_check after)
  printf '# connected after %s, %s and %s us\n' "$before" "$during" "$after"
  claim_between 'the check while the fault is held' 100000 $((before + 1000000)) "$during"
  ((after < during)) || fail "still $after us after the fault, $during us while it was held"
}

of_check() { sed -n "/^{\"event\":\"report\"/s/.*\"$1\":{\"tries\":1,\"us\":\\([0-9]*\\)}.*/\\1/p" "$CASE/a.log"; }

case_verify_without_an_answer_changes_nothing() {
  plan egress-loss-20
  remember
  start a SQUALL_VERIFY="$PEER4 9 1"
  stop a
  claim_report a Stopped
  claim_unchanged
  grep -q '"verify":{"before":{"tries":3}' "$CASE/a.log" || fail 'the report says nothing of the three tries'
}
