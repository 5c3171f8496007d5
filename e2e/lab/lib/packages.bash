# shellcheck shell=bash
# What the host must have. Debian's package names; on another distribution the
# message still says which commands are missing.

# COMMAND:PACKAGE
HOST_NEEDS=(
  qemu-system-x86_64:qemu-system-x86
  debootstrap:debootstrap
  buildah:buildah
  mke2fs:e2fsprogs
  ip:iproute2
  nsenter:util-linux
  openssl:openssl
  ssh:openssh-client
  jq:jq
  xz:xz-utils
  sysctl:procps
  depmod:kmod
)

require_host() {
  [[ $(uname -s)-$(uname -m) == Linux-x86_64 ]] ||
    fail "the lab needs Linux on x86_64; this is $(uname -s) on $(uname -m). With a cluster of your own: CLUSTER=current"
  local need missing=() commands=()
  PATH=$PATH:/usr/sbin:/sbin
  for need in "${HOST_NEEDS[@]}"; do
    command -v "${need%%:*}" >/dev/null || {
      missing+=("${need#*:}")
      commands+=("${need%%:*}")
    }
  done
  if [[ ${#missing[@]} -gt 0 ]]; then
    local install="apt-get install -y --no-install-recommends ${missing[*]}"
    if [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
      step "installing ${missing[*]}" install_packages "${missing[@]}"
    else
      fail "missing: ${commands[*]}. Install them with: sudo sh -c 'apt-get update && $install'"
    fi
  fi
  [[ $(id -u) -eq 0 ]] ||
    fail "the lab makes network namespaces and chroots and needs root: sudo -E $LAB_DIR/lab ..."
  command -v go >/dev/null || PATH=$PATH:/usr/local/go/bin
  command -v go >/dev/null ||
    fail "missing: go, 1.24 or later (Debian's is older); see https://go.dev/doc/install"
  [[ -c /dev/net/tun ]] || fail "/dev/net/tun is missing: the kernel module 'tun' is needed (modprobe tun)"
}

install_packages() {
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}
