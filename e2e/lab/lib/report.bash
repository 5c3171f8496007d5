# shellcheck shell=bash
# What a person sees of a long command: one line a step with its duration on
# stderr, so that stdout stays a command's own.

# Ends the command with a message that says what to do.
fail() {
  printf 'lab: %s\n' "$*" >&2
  exit 1
}

usage_error() {
  printf "lab: %s; 'lab help' lists the commands\n" "$*" >&2
  exit 2
}

note() {
  printf 'lab: %s\n' "$*" >&2
}

# step TEXT COMMAND...: runs COMMAND with its output kept aside and says how
# long it took; when COMMAND fails, shows the end of that output and ends.
# COMMAND runs in a subshell: what it sets is lost.
step() {
  local text=$1 log start status
  shift
  log=$(mktemp -t squall-lab.XXXXXX)
  start=${EPOCHREALTIME/[.,]/}
  printf 'lab: %s ...\n' "$text" >&2
  # A tested command runs without errexit, so the subshell is not tested.
  set +e
  (
    set -e
    "$@"
  ) >"$log" 2>&1 </dev/null
  status=$?
  set -e
  if [[ $status -ne 0 ]]; then
    printf 'lab: %s FAILED (status %d) after %s:\n' "$text" "$status" "$(seconds_since "$start")" >&2
    tail -n 40 "$log" | sed 's/^/    /' >&2
    rm -f "$log"
    exit 1
  fi
  rm -f "$log"
  printf 'lab: %s: %s\n' "$text" "$(seconds_since "$start")" >&2
}

# seconds_since MICROSECONDS: the time since then, as "12.3 s".
seconds_since() {
  local tenths=$(((${EPOCHREALTIME/[.,]/} - $1) / 100000))
  printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}

# await SECONDS WHAT COMMAND...: runs COMMAND until it succeeds; ends with a
# message naming WHAT when it has not within SECONDS.
await() {
  local limit=$1 what=$2 deadline
  shift 2
  deadline=$((SECONDS + limit))
  until "$@" >/dev/null 2>&1; do
    [[ $SECONDS -lt $deadline ]] || {
      printf 'not %s within %d s\n' "$what" "$limit" >&2
      "$@" >&2 || true
      return 1
    }
    sleep 0.1
  done
}
