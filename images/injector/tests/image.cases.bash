# shellcheck shell=bash
# The image: what is in it, and that it is enough.

readonly LARGEST_IMAGE=$((8 * 1024 * 1024))

case_image_is_small() {
  local size
  size=$(find "$ROOT" -type f -printf '%s\n' | awk '{ n += $1 } END { print n }')
  printf '# %s bytes\n' "$size"
  claim_between 'bytes' 1 $LARGEST_IMAGE "$size"
}

case_image_holds_nothing_else() {
  local programs
  programs=$(find "$ROOT" -type f -perm -100 ! -name '*.so*' -printf '%P\n' | sort | tr '\n' ' ')
  claim_equal 'programs' 'bin/sh sbin/ip sbin/tc squall/agent usr/bin/getent ' "$programs"
}

case_image_resolves_names() {
  new_container a
  (in_container a ,+net_admin -- /usr/bin/getent ahosts 192.0.2.7) >"$CASE/names"
  [[ $(<"$CASE/names") == 192.0.2.7* ]] || fail "getent says: $(<"$CASE/names")"
}
