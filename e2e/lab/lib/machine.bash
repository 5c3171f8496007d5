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
    # and would be translated again and again.
    tcg) MACHINE+=(-accel "tcg,thread=multi,tb-size=512" -cpu max) ;;
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
    -append "$KERNEL_ARGUMENTS lab.mode=probe" -serial stdio </dev/null | grep -q '^lab-probe-ok'; then
    answer=kvm
  fi
  printf '%s\n' "$answer" >"$folder/accelerator"
}

# The node. Its console is a log file and a socket for a person who has lost
# every other way in.
machine_start() {
  machine_options
  pki_archive
  disk_options "$DEBIAN_DISK" "$LAB_DISK" "$LAB_STATE/pki.tar"
  rm -f "$LAB_STATE/run/console.sock"
  mkdir -p "$LAB_STATE/tmp"
  # QEMU puts the overlays where TMPDIR says, and unlinks them at once.
  TMPDIR=$LAB_STATE/tmp daemon_start node "${MACHINE[@]}" "${DISKS[@]}" \
    -name "squall-lab-$LAB" \
    -append "$KERNEL_ARGUMENTS root=/dev/vda lab.mode=node lab.proxy=$PROXY_MODE" \
    -netdev "tap,id=net0,ifname=$LAB_TAP,script=no,downscript=no" \
    -device virtio-net-pci,netdev=net0,mac=52:54:00:77:00:02,romfile= \
    -chardev "socket,id=console,path=run/console.sock,server=on,wait=off,logfile=log/console.log" \
    -serial chardev:console
}

# lab kernel FOLDER COMMAND
lab_kernel() {
  [[ $# -eq 2 ]] || usage_error "kernel: FOLDER 'COMMAND'"
  [[ -d $1 ]] || fail "kernel: $1 is not a folder"
  require_host
  node_disk
  machine_options
  lab_disk
  local work size status
  work=$(mktemp -d -t squall-kernel.XXXXXX)
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  size=$(($(du -sm "$1" | cut -f1) * 12 / 10 + 64))
  mke2fs -q -t ext4 -O ^has_journal -L work -d "$1" "$work/work.img" "${size}M"
  # A disk is a whole number of sectors; the node cuts the padding off.
  printf '%s' "$2" >"$work/command"
  local length
  length=$(stat -c %s "$work/command")
  truncate -s '%512' "$work/command"
  disk_options "$DEBIAN_DISK" "$LAB_DISK" "$work/work.img" "$work/command"
  status=$(
    TMPDIR=$work "${MACHINE[@]}" "${DISKS[@]}" -nic none \
      -append "$KERNEL_ARGUMENTS root=/dev/vda lab.mode=command lab.length=$length" \
      -serial "file:$work/console.log" -serial stdio </dev/null 2>&1 |
      kernel_output 3>&1 >&4
  ) 4>&1
  if [[ -z $status ]]; then
    tail -n 20 "$work/console.log" >&2
    fail "kernel: the machine ended before the command did"
  fi
  exit "$status"
}

# Passes lines on to stdout as they come; the line that the node ends with
# holds the exit status, which goes to descriptor 3.
kernel_output() {
  local line
  while IFS= read -r line || [[ -n $line ]]; do
    line=${line%$'\r'}
    if [[ $line == lab-exit-status\ * ]]; then
      printf '%s\n' "${line#* }" >&3
    else
      printf '%s\n' "$line"
    fi
  done
}
