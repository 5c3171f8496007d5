# shellcheck shell=bash
# What a virtual machine boots from: Debian's cloud kernel (its modules include
# sch_netem, ifb, the classifiers and IPVS), a small initramfs, a disk with
# Debian, and a disk with what is ours. The last is apart because it is made in
# a second when a file of the lab changes; the first takes a minute.

# pigz: containerd takes it for its own, slower decompression.
NODE_PACKAGES=(
  busybox-static ca-certificates conntrack containerd containernetworking-plugins ethtool
  iproute2 ipset iptables iputils-ping jq kmod nftables openssh-server pigz procps runc socat
)

# The drivers that find the disks and the network card, in an order in which
# each is loadable after those before it.
INITRAMFS_MODULES=(
  virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk
  failover net_failover virtio_net
)

# Sets KERNEL, INITRAMFS and DEBIAN_DISK. The kernel is the newest that
# Debian's suite has when the disk is made.
debian_disk() {
  debian_base
  cached disk "$(content_key "$(entry_of "$DEBIAN_TAR")" "${NODE_PACKAGES[*]}" "$(declare -f make_debian_disk in_root pack_disk)")" \
    "making a Debian disk and kernel from packages" make_debian_disk
  KERNEL=$CACHED/vmlinuz
  DEBIAN_DISK=$CACHED/debian.img
  local disk=$CACHED
  cached initramfs "$(content_key "$(basename "$disk")" "$LAB_DIR/node/initramfs" "${INITRAMFS_MODULES[*]}")" \
    "packing the initramfs" make_initramfs "$disk/initramfs"
  INITRAMFS=$CACHED/initramfs.gz
}

make_debian_disk() {
  local folder=$1 root=$1/root package version module
  mkdir "$root"
  tar -C "$root" --numeric-owner -xf "$DEBIAN_TAR"
  # Name resolution for apt, and no service may start in a chroot.
  cp --remove-destination -L /etc/resolv.conf "$root/etc/resolv.conf"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  in_root "$root" apt-get update -q
  in_root "$root" apt-get install -y -q --no-install-recommends "${NODE_PACKAGES[@]}"
  package=$(in_root "$root" apt-cache depends linux-image-cloud-amd64 |
    sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
  in_root "$root" sh -ec 'cd /tmp; apt-get download "$1"; dpkg-deb -x "$1"_*.deb /tmp/kernel' sh "$package"
  version=${package#linux-image-}
  cp "$root/tmp/kernel/boot/vmlinuz-$version" "$folder/vmlinuz"
  printf '%s\n' "$version" >"$folder/version"
  mkdir -p "$root/lib/modules"
  mv "$root/tmp/kernel/lib/modules/$version" "$root/lib/modules/$version"
  in_root "$root" depmod -a "$version"
  # The parts of the initramfs that come from packages.
  mkdir -p "$folder/initramfs"
  cp "$root/bin/busybox" "$folder/initramfs/busybox"
  for module in "${INITRAMFS_MODULES[@]}"; do
    find "$root/lib/modules/$version" -name "$module.ko" -exec cp {} "$folder/initramfs/" \;
  done
  rm -rf "$root"/tmp/* "$root"/usr/sbin/policy-rc.d "$root"/etc/ssh/ssh_host_* \
    "$root"/var/cache/apt/*.bin "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  # Nothing resolves in the node: a pull of an unknown image fails at once.
  : >"$root/etc/resolv.conf"
  mkdir -p "$root/lab" "$root/mnt"
  pack_disk debian "$root" 16384 "$folder/debian.img"
  rm -rf --one-file-system "$root"
}

make_initramfs() {
  local parts=$1 folder=$2 tree=$2/tree
  mkdir -p "$tree/bin" "$tree/dev" "$tree/proc" "$tree/root" "$tree/modules"
  cp "$parts/busybox" "$tree/bin/busybox"
  cp "$parts"/*.ko "$tree/modules/"
  printf '%s\n' "${INITRAMFS_MODULES[@]}" >"$tree/modules/order"
  install -m 755 "$LAB_DIR/node/initramfs" "$tree/init"
  (cd "$tree" && find . | ./bin/busybox cpio -o -H newc | gzip -9 >"$folder/initramfs.gz")
  rm -rf "$tree"
}

# Sets PLAIN_DISK: what `lab kernel` mounts on /lab, so that it needs neither
# Kubernetes nor an image.
plain_disk() {
  cached plaindisk "$(content_key "$LAB_DIR/node" "$(declare -f make_plain_disk pack_disk)")" \
    "making the disk for a machine without Kubernetes" make_plain_disk
  PLAIN_DISK=$CACHED/lab.img
}

make_plain_disk() {
  pack_disk lab "$LAB_DIR/node" 8 "$1/lab.img"
}

# Sets LAB_DISK: the Kubernetes binary and the node's own configuration, mounted
# on /lab.
lab_disk() {
  kubernetes_binary
  cached labdisk "$(content_key "$(entry_of "$KUBERNETES")" "$LAB_DIR/node" "$(declare -f make_lab_disk pack_disk)")" \
    "making the disk with Kubernetes for the node" make_lab_disk
  LAB_DISK=$CACHED/lab.img
}

make_lab_disk() {
  local folder=$1 tree=$1/tree
  mkdir "$tree"
  cp -a "$LAB_DIR/node/." "$tree/"
  cp "$KUBERNETES" "$tree/kubernetes"
  pack_disk lab "$tree" "$(($(du -sm "$tree" | cut -f1) * 11 / 10 + 8))" "$folder/lab.img"
  rm -rf "$tree"
}

# Sets NODE_DISK: the Debian disk with the system's images in containerd's
# store. Importing them takes an emulated machine 10 s, so one machine does it
# for all.
node_disk() {
  debian_disk
  plain_disk
  accelerator
  system_images
  compressed_archive "$COREDNS_TAR"
  COREDNS_TAR=$ARCHIVE
  compressed_archive "$PAUSE_TAR"
  PAUSE_TAR=$ARCHIVE
  cached nodedisk "$(content_key "$(entry_of "$DEBIAN_DISK")" "$LAB_DIR/node/containerd.toml" "$(entry_of "$COREDNS_TAR")" "$(entry_of "$PAUSE_TAR")" "$(declare -f make_node_disk)")" \
    "importing the system's images into the node's disk" make_node_disk
  NODE_DISK=$CACHED/node.img
}

make_node_disk() {
  local folder=$1 work=$1/work
  mkdir -p "$work/images"
  cp "$COREDNS_TAR" "$work/images/coredns.tar"
  cp "$PAUSE_TAR" "$work/images/pause.tar"
  pack_disk work "$work/images" 256 "$work/images.img"
  cp --sparse=always --reflink=auto "$DEBIAN_DISK" "$folder/node.img"
  disk_options "$PLAIN_DISK" "$work/images.img"
  run_machine "$work" '
    set -e
    cp /lab/containerd.toml /etc/containerd/config.toml
    containerd >/run/containerd.log 2>&1 &
    tries=0
    until ctr version >/dev/null 2>&1; do
      tries=$((tries + 1))
      [ "$tries" -le 300 ] || { cat /run/containerd.log; exit 1; }
      sleep 0.2
    done
    for image in /mnt/*.tar; do ctr -n k8s.io images import "$image"; done
    kill $!
    wait $! || true
    umount -a -t overlay || true
  ' -drive "if=virtio,format=raw,cache=unsafe,file=$folder/node.img" "${DISKS[@]}"
  rm -rf --one-file-system "$work"
  [[ $RUN_STATUS -eq 0 ]]
}

# pack_disk LABEL FOLDER MEGABYTES FILE: FILE becomes a disk that holds FOLDER.
# No journal: disks are thrown away with their machine, so that there is
# nothing to keep consistent and every fsync is cheap.
pack_disk() {
  truncate -s "$3M" "$4"
  mke2fs -q -t ext4 -O ^has_journal -L "$1" -d "$2" "$4"
}
