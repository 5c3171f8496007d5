# shellcheck shell=bash
# shellcheck disable=SC2016 # awk programs
# Delays, and how a fault changes while it is held: measured by pings, each by the moment at which it was sent.

# ping_through SECONDS: pings the peer 20 times a second; answers are in $CASE/pings: when sent (ms since the epoch), and
# the milliseconds until the answer.
ping_through() {
  in_pod ping -D -n -i 0.05 -w "$1" "$PEER4" >"$CASE/ping.log" || :
  sed -n 's/^\[\([0-9.]*\)\].* time=\([0-9.]*\) ms$/\1 \2/p' "$CASE/ping.log" |
    awk '{ printf "%.1f %s\n", $1 * 1000 - $2, $2 }' >"$CASE/pings"
}

# trip FROM TO: the median of the pings sent between these milliseconds after START, and how many there are.
trip() {
  awk -v start="$START" -v from="$1" -v to="$2" '$1 - start >= from && $1 - start < to { print $2 }' "$CASE/pings" |
    sort -n | awk '{ n++; t[n] = $1 } END { print t[int((n + 1) / 2)] + 0, n + 0 }'
}

# delays GOLDEN LOW HIGH: its delay, as what the pings take more than before, is between these milliseconds.
delays() {
  local before after START=0
  plan "$1"
  remember
  ping_through 2
  read -r before _ < <(trip 0 1e15)
  start a
  ping_through 3
  read -r after _ < <(trip 0 1e15)
  printf '# %s ms before, %s ms after\n' "$before" "$after"
  claim_between 'delay' "$2" "$3" "$(awk -v a="$after" -v b="$before" 'BEGIN { print a - b }')"
  stop a
  claim_report a Stopped
  claim_unchanged
}

# Within 1 ms and 2 %.
case_delay_is_what_was_asked() { delays egress-delay-100ms 97 103; }
# The distribution's table is in the image.
case_delay_with_jitter_by_a_table() { delays egress-delay-50ms-jitter-10ms-normal 44 56; }

# The two directions add up: 40 ms at first, 400 ms from 2 s on, none from 4 s on. A step never comes early.
case_steps_come_at_their_times() {
  local START median count
  plan both-profile
  remember
  start a SQUALL_DURATION_MS=6000
  START=$(of_event a applied epochMs)
  ping_through 5
  wait "$STARTED" || fail 'the agent returns an error'
  claim_report a Elapsed
  claim_unchanged
  read -r median count < <(trip 0 1900)
  claim_between 'trip before the first step' 40 60 "$median"
  ((count > 5)) || fail "$count pings before the first step"
  read -r median count < <(trip 2300 3900)
  claim_between 'trip after the first step' 400 430 "$median"
  ((count > 10)) || fail "$count pings after the first step"
  read -r median count < <(trip 4300 5500)
  claim_between 'trip after the second step' 0 20 "$median"
  ((count > 5)) || fail "$count pings after the second step"
  claim_equal 'early changes' '' "$(awk -v start="$START" '$1 - start < 1940 && $2 > 200' "$CASE/pings")"
  printf '# first slow ping after %s ms, first fast one after %s ms\n' \
    "$(awk -v start="$START" '$2 > 350 { printf "%d", $1 - start; exit }' "$CASE/pings")" \
    "$(awk -v start="$START" '$1 - start > 3000 && $2 < 30 { printf "%d", $1 - start; exit }' "$CASE/pings")"
}

# A step at 0 is there from the start.
case_a_step_at_the_start() {
  local START=0 median
  plan both-profile
  STEPS=${STEPS//2000 tc/0 tc}
  STEPS=${STEPS//4000 tc/50000 tc}
  remember
  start a
  ping_through 2
  read -r median _ < <(trip 0 1e15)
  claim_between 'trip' 400 430 "$median"
  stop a
  claim_report a Stopped
  claim_unchanged
}

# A second there, a second away: answers come only while it is away, and then all.
case_pulses_come_and_go() {
  local START
  plan both-loss-100
  remember
  start a SQUALL_DURATION_MS=6000 SQUALL_PULSES='1000 1000'
  START=$(of_event a applied epochMs)
  ping_through 5
  wait "$STARTED" || fail 'the agent returns an error'
  claim_report a Elapsed
  claim_unchanged
  awk -v start="$START" '$1 - start < 6000 { t = int($1 - start); print t, t % 2000 }' "$CASE/pings" >"$CASE/answered"
  printf '# answered from %s ms of a period to %s ms\n' "$(awk '$2 > 500 { print $2 }' "$CASE/answered" | sort -n | head -n 1)" \
    "$(awk '{ print $2 < 500 ? $2 + 2000 : $2 }' "$CASE/answered" | sort -n | tail -n 1)"
  claim_equal 'answers while it is there' '' "$(awk '$2 > 250 && $2 < 990' "$CASE/answered" | tr '\n' ';')"
  claim_between 'answers while it is away' 6 16 "$(awk '$1 > 3250 && $1 < 4000' "$CASE/answered" | wc -l)"
  claim_equal 'passed' 0 "$(of_report a egress.passed)"
  claim_between 'seen' 20 90 "$(of_report a egress.seen)"
}

case_a_step_that_is_refused_ends_the_fault() {
  plan both-profile
  STEPS=${STEPS//prio 14/prio 15}
  STEPS=${STEPS//matchall classid 7c1f:4/matchall classid 7c1f:3}
  remember
  start a SQUALL_DURATION_MS=20000
  await 'the agent reports' said a report
  claim_report a InstallFailed
  claim_message a 'while it was held'
  claim_equal 'applied' true "$(of_report a applied)"
  claim_unchanged
}
