# shellcheck shell=bash
# Debian root file systems, made from Debian's packages alone.

# Sets DEBIAN_TAR to a minimal Debian as a tar. It is the base image that
# Dockerfiles name, and what the node's root file system grows from.
debian_base() {
  cached debian "$(content_key "$DEBIAN_SUITE" "$(declare -f make_debian_base)")" \
    "bootstrapping Debian $DEBIAN_SUITE" make_debian_base
  DEBIAN_TAR=$CACHED/root.tar
}

make_debian_base() {
  local folder=$1
  debootstrap --variant=minbase "$DEBIAN_SUITE" "$folder/root"
  rm -rf "$folder"/root/var/cache/apt/archives/*.deb "$folder"/root/var/lib/apt/lists/*
  # Documentation and translations are most of what the slim image leaves out.
  find "$folder/root/usr/share/doc" "$folder/root/usr/share/locale" "$folder/root/usr/share/man" \
    -type f ! -name copyright -delete
  tar -C "$folder/root" --numeric-owner -cf "$folder/root.tar" .
  rm -rf --one-file-system "$folder/root"
}

# in_root FOLDER COMMAND...: runs COMMAND in the root file system, with /proc,
# in a mount namespace that goes with it.
in_root() {
  local root=$1
  shift
  unshare --mount -- sh -ec 'mount -t proc proc "$1/proc"; exec chroot "$@"' sh "$root" \
    /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
    DEBIAN_FRONTEND=noninteractive "$@"
}
