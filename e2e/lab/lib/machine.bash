# shellcheck shell=bash
# QEMU. The same machine serves as the cluster's node and, without a network,
# for `lab kernel`.

# Sets MACHINE, the options of every virtual machine.
machine_options() {
  accelerator
  MACHINE=(
    qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot
    -machine pc -smp "$(nproc)" -m "$LAB_NODE_MEMORY"
    -kernel "$KERNEL" -initrd "$INITRAMFS"
  )
  case $ACCELERATOR in
    kvm) MACHINE+=(-accel kvm -cpu host) ;;
    # Translated code of the Kubernetes binaries outgrows the default buffer
    # and would be translated again and again. Without these features of the
    # processor, which cost at every page fault and system call, a fork takes a
    # fifth less.
    tcg) MACHINE+=(-accel "tcg,thread=multi,tb-size=512" -cpu "max,la57=off,smap=off,smep=off,pku=off,umip=off") ;;
  esac
}

# Quiet, and without the mitigations that an emulated or throw-away processor
# has no use for.
KERNEL_ARGUMENTS="console=ttyS0 quiet panic=-1 mitigations=off net.ifnames=0 tsc=reliable nokaslr audit=0"

# disk_options IMAGE...: sets DISKS. Writes go to an overlay that ends with the
# machine: every boot is the first.
disk_options() {
  local image
  DISKS=()
  for image in "$@"; do
    DISKS+=(-drive "if=virtio,format=raw,cache=unsafe,snapshot=on,file=$image")
  done
}

# Sets ACCELERATOR to kvm or tcg. /dev/kvm may be there and yet boot nothing,
# so the answer comes from booting this kernel once; it is kept until the
# host's kernel, QEMU or the lab's kernel changes.
accelerator() {
  cached accelerator "$(content_key "$(uname -r)" "$(qemu-system-x86_64 --version)" "$(entry_of "$INITRAMFS")" "$(test -w /dev/kvm && echo kvm)")" \
    "finding out whether KVM boots the kernel here" probe_kvm
  ACCELERATOR=$(<"$CACHED/accelerator")
}

probe_kvm() {
  local folder=$1 answer=tcg
  if [[ -w /dev/kvm ]] && timeout -k 1 10 qemu-system-x86_64 -nodefaults -no-user-config -display none \
    -no-reboot -machine pc -accel kvm -cpu host -m 256 -kernel "$KERNEL" -initrd "$INITRAMFS" \
    -append "$KERNEL_ARGUMENTS lab.mode=probe" -serial stdio </dev/null | grep '^lab-probe-ok'; then
    answer=kvm
  fi
  printf '%s\n' "$answer" >"$folder/accelerator"
}

# The node. Its console is a log file and a socket for a person who has lost
# every other way in.
machine_start() {
  machine_options
  pki_archive
  disk_options "$NODE_DISK" "$LAB_DISK" "$LAB_STATE/pki.tar"
  rm -f "$LAB_STATE/run/console.sock"
  mkdir -p "$LAB_STATE/tmp"
  # QEMU puts the overlays where TMPDIR says, and unlinks them at once.
  TMPDIR=$LAB_STATE/tmp daemon_start node "${MACHINE[@]}" "${DISKS[@]}" \
    -name "squall-lab-$LAB" \
    -append "$KERNEL_ARGUMENTS lab.mode=node lab.proxy=$PROXY_MODE" \
    -netdev "tap,id=net0,ifname=$LAB_TAP,script=no,downscript=no" \
    -device virtio-net-pci,netdev=net0,mac=52:54:00:77:00:02,rx_queue_size=1024,romfile= \
    -chardev "socket,id=console,path=run/console.sock,server=on,wait=off,logfile=log/console.log" \
    -serial chardev:console
}

# run_machine FOLDER COMMAND OPTION...: boots a machine without a network, runs
# COMMAND in it as root and streams its output to stdout. Sets RUN_STATUS to the
# command's status. FOLDER takes temporary files; OPTIONs name the machine's
# disks. The machine ends with this process, also when that is told to end.
run_machine() {
  local work=$1 command=$2 length console
  shift 2
  machine_options
  printf '%s' "$command" >"$work/command"
  length=$(stat -c %s "$work/command")
  # A disk is a whole number of sectors; the machine cuts the padding off.
  truncate -s '%512' "$work/command"
  disk_options "$work/command"
  exec {console}< <(
    TMPDIR=$work exec setpriv --pdeathsig KILL "${MACHINE[@]}" "$@" "${DISKS[@]}" -nic none \
      -append "$KERNEL_ARGUMENTS lab.mode=command lab.length=$length" \
      -serial "file:$work/console.log" -serial stdio </dev/null 2>&1
  )
  RUN_PID=$!
  trap 'kill "$RUN_PID" 2>/dev/null || true; wait "$RUN_PID" || true; run_cleanup' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  RUN_STATUS=
  command_output <&"$console"
  exec {console}<&-
  wait "$RUN_PID" || true
  trap - EXIT HUP INT TERM
  [[ -n $RUN_STATUS ]] || {
    tail -n 20 "$work/console.log" >&2
    run_cleanup
    fail "the machine ended before the command did"
  }
}

# Replaced by a caller that has something to remove when the machine ends.
run_cleanup() { :; }

# lab kernel FOLDER COMMAND
lab_kernel() {
  [[ $# -eq 2 ]] || usage_error "kernel: FOLDER 'COMMAND'"
  [[ -d $1 ]] || fail "kernel: $1 is not a folder"
  require_host
  debian_disk
  plain_disk
  accelerator
  local size
  WORK=$(mktemp -d -t squall-kernel.XXXXXX)
  run_cleanup() { rm -rf "$WORK"; }
  size=$(($(du -sm "$1" | cut -f1) * 12 / 10 + 64))
  pack_disk work "$1" "$size" "$WORK/work.img"
  disk_options "$DEBIAN_DISK" "$PLAIN_DISK" "$WORK/work.img"
  run_machine "$WORK" "$2" "${DISKS[@]}"
  run_cleanup
  exit "$RUN_STATUS"
}

# Passes output on to stdout as it comes, line by line. Its end is a record
# separator and the command's exit status, which RUN_STATUS is set to.
command_output() {
  local line
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line == *$'\x1elab-exit-status '* ]]; then
      printf '%s' "${line%%$'\x1e'*}"
      RUN_STATUS=${line##* }
      return
    fi
    printf '%s\n' "$line"
  done
}
