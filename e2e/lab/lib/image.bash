# shellcheck shell=bash
# Container images without a registry: built by buildah from a Dockerfile into
# docker-archive files, and imported into the node's containerd.

BASE_IMAGE=docker.io/library/debian:$DEBIAN_SUITE-slim

lab_image() {
  local verb=${1:-}
  [[ $# -eq 0 ]] || shift
  case $verb in
    build) image_build_command "$@" ;;
    load) image_load_command "$@" ;;
    *) usage_error "image: 'build TAG CONTEXT [DOCKERFILE]' or 'load FILE...'" ;;
  esac
}

image_build_command() {
  [[ $# -eq 2 || $# -eq 3 ]] || usage_error "image build: TAG CONTEXT [DOCKERFILE]"
  require_host
  build_image "$1" "$2" "${3:-$2/Dockerfile}"
  printf '%s\n' "$IMAGE_TAR"
}

# build_image TAG CONTEXT DOCKERFILE: sets IMAGE_TAR. The result is kept under
# the hash of the context's contents and the tag.
build_image() {
  local tag=$1 context=$2 dockerfile=$3
  [[ -d $context ]] || fail "image build: $context is not a folder"
  [[ -f $dockerfile ]] || fail "image build: there is no $dockerfile"
  if grep -q "^FROM *$BASE_IMAGE" "$dockerfile"; then debian_base; fi
  cached image "$(content_key "$tag" "$context" "$dockerfile" "$(entry_of "${DEBIAN_TAR:-}")" "$(declare -f make_image)")" \
    "building image $tag" make_image "$tag" "$context" "$dockerfile"
  IMAGE_TAR=$CACHED/image.tar
}

make_image() {
  local tag=$1 context=$2 dockerfile=$3 folder=$4
  if [[ -n ${DEBIAN_TAR:-} ]]; then import_base; fi
  in_buildah build-using-dockerfile --layers --pull-never --timestamp 0 \
    -t "$tag" -f "$dockerfile" "$context"
  in_buildah push "$tag" "docker-archive:$folder/image.tar:$tag"
  trim_storage
}

# Gives buildah the base image, unless it has the very one.
import_base() {
  local key container
  key=$(entry_of "$DEBIAN_TAR")
  if [[ $(in_buildah inspect --type image --format '{{index .OCIv1.Config.Labels "key"}}' "$BASE_IMAGE" 2>/dev/null) == "$key" ]]; then
    return 0
  fi
  container=$(in_buildah from scratch)
  in_buildah add "$container" "$DEBIAN_TAR" /
  in_buildah config --cmd /bin/bash --label "key=$key" "$container"
  in_buildah commit --rm "$container" "$BASE_IMAGE"
}

# chroot isolation works wherever there is root: it needs no user namespace and
# no network of its own.
in_buildah() {
  local store=$SQUALL_CACHE/buildah policy=$SQUALL_CACHE/buildah/policy.json verb=$1
  shift
  [[ -e $store/driver ]] || choose_storage
  case $verb in
    build-using-dockerfile | commit | from | push) set -- --signature-policy "$policy" "$@" ;;
  esac
  BUILDAH_ISOLATION=chroot buildah --storage-driver "$(<"$store/driver")" --root "$store/root" \
    --runroot "$store/run" "$verb" "$@"
}

# overlay keeps what a layer adds; vfs copies all that is below it as well, but
# works on any file system.
choose_storage() {
  local store=$SQUALL_CACHE/buildah probe driver=vfs
  mkdir -p "$store"
  probe=$(mktemp -d "$store/probe.XXXXXX")
  mkdir "$probe"/{lower,upper,work,merged}
  if unshare --mount -- mount -t overlay overlay \
    -o "lowerdir=$probe/lower,upperdir=$probe/upper,workdir=$probe/work" "$probe/merged"; then
    driver=overlay
  fi
  rm -rf "$probe"
  printf '{"default":[{"type":"insecureAcceptAnything"}]}\n' >"$store/policy.json"
  printf '%s\n' "$driver" >"$store/driver"
}

# The layers of earlier builds make the next build fast; past 8 GB those that
# belong to no image go.
trim_storage() {
  local megabytes
  megabytes=$(du -sm "$SQUALL_CACHE/buildah" | cut -f1)
  [[ $megabytes -lt 8192 ]] || in_buildah rmi --prune --force
}

# image_of_binary TAG FILE: sets IMAGE_TAR to an image that holds FILE alone
# and runs it.
image_of_binary() {
  local tag=$1 file=$2
  cached image "$(content_key "$tag" "$(entry_of "$file")" "$(declare -f make_image make_image_of_binary)")" \
    "packing image $tag" make_image_of_binary "$tag" "$file"
  IMAGE_TAR=$CACHED/image.tar
}

make_image_of_binary() {
  local tag=$1 file=$2 folder=$3 name
  name=$(basename "$file")
  mkdir "$folder/context"
  cp "$file" "$folder/context/$name"
  printf 'FROM scratch\nCOPY %s /%s\nENTRYPOINT ["/%s"]\n' "$name" "$name" "$name" >"$folder/context/Dockerfile"
  (
    unset DEBIAN_TAR
    make_image "$tag" "$folder/context" "$folder/context/Dockerfile" "$folder"
  )
  rm -rf "$folder/context"
}

image_load_command() {
  [[ $# -gt 0 ]] || usage_error "image load: give one docker-archive file or more"
  require_lab
  local file
  for file in "$@"; do
    [[ -f $file ]] || fail "image load: there is no file $file"
    image_load "$file"
  done
}

# image_load FILE: imports the archive and keeps it in the lab's state: the
# node's disk is thrown away with its machine, and the next machine gets the
# same images.
image_load() {
  local tag kept
  tag=$(archive_tag "$1") || fail "image load: $1 is no docker-archive with a tag"
  compressed_archive "$1"
  kept=$(kept_image "$tag")
  # The same image, and nobody has removed it since.
  if [[ $ARCHIVE -ef $kept ]] && node_has_image "$tag"; then return 0; fi
  step "loading $tag" import_image "$ARCHIVE"
  mkdir -p "$LAB_STATE/images"
  ln -fT "$ARCHIVE" "$kept"
}

# Gives a newly booted node the images that the one before it had.
images_restore() {
  local archive
  for archive in "$LAB_STATE"/images/*.tar; do
    [[ ! -e $archive ]] || step "loading $(archive_tag "$archive") again" import_image "$archive"
  done
}

kept_image() {
  printf '%s/images/%s.tar' "$LAB_STATE" "${1//[^a-zA-Z0-9.-]/_}"
}

node_has_image() {
  [[ -n $(on_node "ctr -n k8s.io images list -q 'name==$1'" </dev/null) ]]
}

import_image() {
  on_node 'ctr -n k8s.io images import -' <"$1"
}
