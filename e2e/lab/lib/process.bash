# shellcheck shell=bash
# The lab's own daemons. Each has a file `run/NAME.pid` holding its process id,
# its start time in clock ticks since the boot, and the boot's id: together they
# name one process for good, so that a process that later got the same id is
# never taken for ours.

BOOT_ID=$(</proc/sys/kernel/random/boot_id)

# process_start PID: the process's start time, empty when it is gone.
process_start() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  # The second field may hold spaces and parentheses; the last ')' ends it.
  stat=${stat##*) }
  # shellcheck disable=SC2086
  set -- $stat
  [[ $1 == Z ]] || printf '%s' "${20}"
}

# daemon_start NAME COMMAND...: runs COMMAND in the lab's network namespace,
# detached from the caller: no terminal, no inherited stdin, stdout or other
# descriptor, output to log/NAME.log.
daemon_start() {
  local name=$1 pid
  shift
  mkdir -p "$LAB_STATE/run" "$LAB_STATE/log"
  (
    cd "$LAB_STATE" || exit
    for descriptor in /proc/"$BASHPID"/fd/*; do
      descriptor=${descriptor##*/}
      [[ $descriptor -le 2 ]] || eval "exec $descriptor>&-"
    done
    exec setsid nsenter --net="/run/netns/$LAB_NETNS" "$@"
  ) </dev/null >>"$LAB_STATE/log/$name.log" 2>&1 &
  pid=$!
  disown "$pid"
  printf '%d %s %s\n' "$pid" "$(process_start "$pid")" "$BOOT_ID" >"$LAB_STATE/run/$name.pid"
}

# daemon_pid NAME: prints the id of the daemon; fails when it does not run.
daemon_pid() {
  local pid start boot
  read -r pid start boot <"$LAB_STATE/run/$1.pid" || return 1
  [[ $boot == "$BOOT_ID" && -n $start && $(process_start "$pid") == "$start" ]] || return 1
  printf '%d\n' "$pid"
} 2>/dev/null

# daemon_stop NAME...: ends them all. A daemon of the lab holds nothing worth a
# long goodbye (kube-apiserver would drain for a minute), so KILL follows TERM
# after one second.
daemon_stop() {
  local name pid deadline
  for name in "$@"; do
    if pid=$(daemon_pid "$name"); then kill -TERM "$pid" 2>/dev/null || true; fi
  done
  deadline=$((${EPOCHREALTIME/[.,]/} + 1000000))
  for name in "$@"; do
    while daemon_pid "$name" >/dev/null; do
      if [[ ${EPOCHREALTIME/[.,]/} -gt $deadline ]] && pid=$(daemon_pid "$name"); then
        kill -KILL "$pid" 2>/dev/null || true
      fi
      sleep 0.05
    done
    rm -f "$LAB_STATE/run/$name.pid"
  done
}
