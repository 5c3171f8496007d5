# shellcheck shell=bash
# The reaper takes away what a dead agent left, whatever it was doing, and nothing else.

# carry_out LINES: as the agent would have; batches of one tool, as each process costs 50 ms on an emulated machine.
carry_out() {
  local line tool='' batch=''
  while read -r line; do
    if [[ ${line%% *} != "$tool" ]]; then
      carry_out_batch
      tool=${line%% *} batch=''
    fi
    batch+="${line#* }"$'\n'
  done <<<"${1//'{dev}'/eth0}"
  carry_out_batch
}

carry_out_batch() {
  [[ -z $batch ]] || in_pod "$tool" -batch - <<<"$batch" || fail "cannot: $tool $batch"
}

case_reap_after_a_kill() {
  plan both-loss-20
  remember
  start a
  in_pod ping -q -f -c 200 "$PEER4" >"$CASE/ping.log" || :
  kill -KILL "$(agent_pid a)"
  reap r
  claim_report r Reaped
  claim_equal 'mode' reap "$(of_report r mode)"
  claim_between 'egress seen' 200 230 "$(of_report r egress.seen)"
  claim_unchanged
}

case_reap_each_stage_of_an_install() {
  plan both-loss-20
  remember
  local stage stages
  stages=$(wc -l <<<"$INSTALL")
  for ((stage = 1; stage <= stages; stage++)); do
    ! within_filters $stage "$INSTALL" || continue
    carry_out "$(head -n $stage <<<"$INSTALL")"
    reap "r$stage"
    claim_report "r$stage" Reaped
    claim_unchanged
  done
}

case_reap_each_stage_of_an_undo() {
  plan both-loss-20
  remember
  local stage
  for stage in 1 2 3 4; do
    carry_out "$INSTALL"
    carry_out "$(head -n $stage <<<"$UNDO")"
    reap "r$stage"
    claim_report "r$stage" Reaped
    claim_unchanged
  done
}

# Whatever the plan and whenever its agent dies, the reaper leaves the pod as it was. SEED repeats a sequence.
case_reap_of_random_plans() {
  local round goldens golden pause line
  goldens=("$PLANS"/*.install)
  SEED=${SEED:-$((SRANDOM % 32768))}
  RANDOM=$SEED
  printf '# SEED=%s\n' "$SEED"
  remember
  for round in 1 2 3 4 5 6 7 8; do
    golden=${goldens[RANDOM % ${#goldens[@]}]##*/}
    plan "${golden%.install}"
    if ((RANDOM % 2)); then
      pause=0.$((RANDOM % 10))
      printf '# %s, killed after %s s\n' "$golden" $pause
      agent "a$round" SQUALL_PULSES='300 300' SQUALL_PEERS='hit any tcp 443 - -' 2>/dev/null &
      await 'the agent lives' agent_pid "a$round" >/dev/null
      sleep $pause
      kill -KILL "$(agent_pid "a$round")"
    else
      line=$((RANDOM % $(wc -l <<<"$INSTALL") + 1))
      printf '# %s, line %s\n' "$golden" $line
      carry_out "$(head -n $line <<<"$INSTALL")"
    fi
    reap "r$round"
    claim_report "r$round" Reaped
    claim_unchanged
  done
}

case_reap_of_one_direction() {
  local golden
  for golden in egress-loss-20 ingress-loss-20; do
    plan $golden
    remember
    carry_out "$INSTALL"
    reap "r-$golden"
    claim_report "r-$golden" Reaped
    claim_unchanged
  done
}

case_reap_when_the_ifb_is_gone() {
  plan both-loss-20
  remember
  carry_out "$INSTALL"
  in_pod ip link del squall-1f
  reap r
  claim_report r Reaped
  claim_unchanged
}

case_reap_where_nothing_is() {
  plan both-loss-20
  remember
  reap r
  claim_report r Reaped
  claim_unchanged
}

case_reap_leaves_what_is_not_ours() {
  plan both-loss-20
  in_pod tc qdisc add dev eth0 root handle 1: tbf rate 1gbit burst 100k latency 50ms
  in_pod tc qdisc add dev eth0 clsact
  in_pod tc filter add dev eth0 ingress protocol ip prio $((0x7a1f)) matchall action ok
  in_pod ip link add squall-2b type ifb
  in_pod tc qdisc add dev squall-2b root handle 7a2b: prio
  remember
  reap r
  claim_report r Reaped
  claim_unchanged
}

case_reap_leaves_a_foreign_empty_clsact() {
  plan both-loss-20
  in_pod tc qdisc add dev eth0 clsact
  remember
  reap r
  claim_report r Reaped
  claim_unchanged
}

add_foreign_filters() {
  in_pod tc filter add dev eth0 ingress protocol ip prio 7 flower dst_ip 192.0.2.1/32 action ok
  in_pod tc filter add dev eth0 egress protocol ip prio 8 matchall action ok
}

claim_only_foreign_filters() {
  claim_equal 'ingress filters' 7 "$(in_pod tc filter show dev eth0 ingress | sed -n 's/.* pref \([0-9]*\) .*handle.*/\1/p')"
  claim_equal 'egress filters' 8 "$(in_pod tc filter show dev eth0 egress | sed -n 's/.* pref \([0-9]*\) .*handle.*/\1/p')"
  [[ $(in_pod tc qdisc show) != *' 7a1f: '* ]] || fail 'our qdisc is left'
  [[ $(in_pod ip link show) != *squall* ]] || fail 'our ifb is left'
}

case_reap_keeps_a_clsact_that_others_use() {
  plan both-loss-20
  start a
  add_foreign_filters
  kill -KILL "$(agent_pid a)"
  reap r
  claim_report r Reaped
  claim_message r 'the clsact on eth0 stays'
  claim_only_foreign_filters
}

case_undo_keeps_a_clsact_that_others_use() {
  plan both-loss-20
  start a
  add_foreign_filters
  stop a
  claim_report a Stopped
  claim_message a 'the clsact on eth0 stays'
  claim_only_foreign_filters
}

case_reap_while_the_agent_lives() {
  plan both-loss-20
  remember
  start a
  reap r
  claim_report r Reaped
  claim_unchanged
  stop a
  claim_report a Stopped
  claim_unchanged
}
