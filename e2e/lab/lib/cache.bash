# shellcheck shell=bash
# Things that take long to make, kept outside the checkout under the hash of
# what they are made from. An entry is a folder that is never changed once it
# is there: it appears whole or not at all.

# content_key PATH_OR_TEXT...: a hash of the contents and names of the files
# (folders: of all files below, with their mode) and of the texts given.
content_key() {
  local item
  for item in "$@"; do
    if [[ -d $item ]]; then
      (cd "$item" && find . -type f -printf '%P\0' | LC_ALL=C sort -z |
        xargs -0 -r stat --printf '%n %a\0' | xargs -0 -r -n1 printf '%s\n'
      find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum
      find . -type l -printf '%P -> %l\n' | LC_ALL=C sort)
    elif [[ -f $item ]]; then
      printf '%s ' "${item##*/}"
      sha256sum <"$item"
    else
      printf '%s\n' "$item"
    fi
  done | sha256sum | cut -c1-16
}

# cached KIND KEY TEXT COMMAND...: prints nothing and sets CACHED to the
# entry's folder. When it is not there, COMMAND is run (as a step named TEXT)
# with the folder to fill as its last argument. Two labs that want the same
# entry at once make it once.
cached() {
  local kind=$1 key=$2 text=$3
  shift 3
  CACHED=$CACHE_DIR/$kind-$key
  if [[ -d $CACHED ]]; then
    touch -c "$CACHED"
    return 0
  fi
  mkdir -p "$CACHE_DIR" "$LOCK_DIR"
  local lock
  exec {lock}>"$LOCK_DIR/$kind"
  flock "$lock"
  if [[ ! -d $CACHED ]]; then
    rm -rf --one-file-system "$CACHE_DIR/.$kind".*
    local making
    making=$(mktemp -d "$CACHE_DIR/.$kind.XXXXXX")
    chmod 755 "$making"
    step "$text" "$@" "$making"
    mv -T "$making" "$CACHED"
    forget_old "$kind"
  fi
  exec {lock}>&-
}

# entry_of FILE: the name of the cache entry that FILE is in, which stands for
# FILE's content where hashing it again would take long.
entry_of() {
  basename "$(dirname "$1")"
}

# forget_old KIND: keeps the three entries used last and whatever was used
# within a day, so that the cache does not grow without bound.
forget_old() {
  local entry
  find "$CACHE_DIR" -maxdepth 1 -name "$1-????????????????" -mtime +0 -printf '%T@ %p\n' |
    sort -rn | tail -n +4 | cut -d' ' -f2- | while IFS= read -r entry; do
    rm -rf --one-file-system "$entry"
  done
}
