# shellcheck shell=bash
# What a case can claim; a claim that does not hold ends the case and says what was found.

readonly AWAIT_SECONDS=60

fail() {
  printf '# %s\n' "$*" >&2
  local file
  for file in "$CASE"/*.log "$CASE"/*.errors; do
    [[ ! -s $file ]] || sed "s|^|#   ${file##*/}: |" "$file" >&2
  done
  exit 1
}

# await WHAT CONDITION...: until the condition holds.
await() {
  local what=$1 until=$((SECONDS + AWAIT_SECONDS))
  shift
  until "$@"; do
    ((SECONDS < until)) || fail "waited $AWAIT_SECONDS s in vain until $what"
    sleep 0.02
  done
}

claim_equal() { # WHAT WANTED FOUND
  [[ $2 == "$3" ]] || fail "$1: wanted '$2', found '$3'"
}

claim_between() { # WHAT LOW HIGH FOUND
  awk -v low="$2" -v high="$3" -v found="$4" 'BEGIN { exit !(found != "" && found >= low && found <= high) }' ||
    fail "$1: wanted $2 to $3, found '$4'"
}

# claim_tidied_up_later NAME: called when NAME has just exited, claims that it waited before it tidied up, and did not hang
# (parts/fault.sh: OTHERS_END_MS).
claim_tidied_up_later() {
  claim_between "ms from the end of $1 to its exit" 5990 11000 $(($(now_ms) - $(of_report "$1" endedAtMs)))
}

# claim_report NAME REASON: the report says the reason, is clean, and is what the termination message holds.
claim_report() {
  await "$1 reports" said "$1" report
  claim_equal "the reason of $1" "$2" "$(of_report "$1" reason)"
  claim_equal "$1 is clean" true "$(of_report "$1" clean)"
  claim_equal "the termination message of $1" "$(grep '"report"' "$CASE/$1.log")" "$(<"$CASE/$1/termination-log")"
  (($(wc -c <"$CASE/$1/termination-log") <= 4096)) || fail "the report of $1 is longer than 4096 bytes"
}

claim_message() { # NAME PART
  [[ $(message_of "$1") == *"$2"* ]] || fail "the message of $1 does not hold '$2': $(message_of "$1")"
}

# remember, claim_unchanged: the pod's devices and what tc shows of them is what it was.
remember() { traffic_control >"$CASE/before"; }

claim_unchanged() {
  traffic_control >"$CASE/after"
  cmp -s "$CASE/before" "$CASE/after" || fail "tc shows a change:
$(diff "$CASE/before" "$CASE/after" | sed 's/^/#   /')"
}

# claim_loss WHAT SENT LOST PERCENT VARIANCE: LOST of SENT is what PERCENT gives, within 99.999 % (4.42 deviations); the
# variance is VARIANCE times that of independent losses.
claim_loss() {
  awk -v n="$2" -v lost="$3" -v p="$4" -v v="${5:-1}" 'BEGIN {
    p /= 100; room = 4.42 * sqrt(v * p * (1 - p) / n) + 1e-9
    exit !(lost / n >= p - room && lost / n <= p + room) }' ||
    fail "$1: lost $3 of $2, wanted $4 %"
}
