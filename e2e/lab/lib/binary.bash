# shellcheck shell=bash
# The programs built from Go modules. CGO is off: they run on the host, in the
# node and in an image that holds nothing else.

go_build() {
  local source=$1 ldflags=$2 name=$3 folder=$4
  (cd "$source" && CGO_ENABLED=0 GOFLAGS=-buildvcs=false \
    go build -trimpath -ldflags "-s -w $ldflags" -o "$folder/$name" .)
}

# Sets KUBERNETES to the binary that is etcd, every Kubernetes component and
# kubectl by its first argument.
kubernetes_binary() {
  local version=k8s.io/component-base/version minor=${KUBERNETES_VERSION#*.} flags
  # Without these the version is v0.0.0-master and clients complain.
  flags="-X $version.gitVersion=v$KUBERNETES_VERSION -X $version.gitMajor=${KUBERNETES_VERSION%%.*} -X $version.gitMinor=${minor%%.*}"
  cached kubernetes "$(content_key "$LAB_DIR/kubernetes" "$flags" "$(go env GOVERSION)")" \
    "building Kubernetes $KUBERNETES_VERSION and etcd (the first time 5 to 8 min)" \
    go_build "$LAB_DIR/kubernetes" "$flags" kubernetes
  KUBERNETES=$CACHED/kubernetes
}

# Sets COREDNS_TAR and PAUSE_TAR, images as docker-archive files.
system_images() {
  scratch_image squall.local/coredns:1 coredns
  COREDNS_TAR=$IMAGE_TAR
  scratch_image squall.local/pause:1 pause
  PAUSE_TAR=$IMAGE_TAR
}

# scratch_image TAG NAME: builds the Go module NAME into an image that holds
# its binary and nothing else.
scratch_image() {
  local tag=$1 name=$2
  cached "binary-$name" "$(content_key "$LAB_DIR/$name" "$(go env GOVERSION)")" \
    "building $name" go_build "$LAB_DIR/$name" "" "$name"
  image_of_binary "$tag" "$CACHED/$name"
}
