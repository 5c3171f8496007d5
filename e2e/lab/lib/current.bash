# shellcheck shell=bash
# CLUSTER=current: the cluster of the current kubeconfig context instead of a
# lab. It is somebody's: nothing here makes, ends or repairs it.

current_context() {
  command -v kubectl >/dev/null || fail "CLUSTER=current: kubectl is not on the PATH"
  CONTEXT=$(kubectl config current-context 2>/dev/null) ||
    fail "CLUSTER=current: kubeconfig has no current context; choose one: kubectl config use-context NAME"
}

current_up() {
  current_context
  kubectl get --raw /readyz --request-timeout=10s >/dev/null ||
    fail "CLUSTER=current: the cluster of context $CONTEXT does not answer"
  note "using the cluster of context $CONTEXT"
}

current_down() {
  current_context
  note "the cluster of context $CONTEXT is left as it is"
}

current_status() {
  current_up
  kubectl get nodes -o wide
}

current_kubectl() {
  current_context
  exec kubectl "$@"
}

current_env() {
  current_context
  printf 'CLUSTER=current\nCONTEXT=%s\n' "$CONTEXT"
  [[ -z ${KUBECONFIG:-} ]] || printf 'KUBECONFIG=%s\n' "$KUBECONFIG"
}

current_image() {
  if [[ ${1:-} == build ]]; then
    lab_image "$@"
    return
  fi
  [[ ${1:-} == load ]] || usage_error "image: 'build TAG CONTEXT [DOCKERFILE]' or 'load FILE...'"
  shift
  [[ $# -gt 0 ]] || usage_error "image load: give one docker-archive file or more"
  current_context
  case $CONTEXT in
    kind-*) current_load kind load image-archive "$@" --name "${CONTEXT#kind-}" ;;
    k3d-*) current_load k3d image import "$@" --cluster "${CONTEXT#k3d-}" ;;
    minikube) current_load minikube image load "$@" ;;
    *) fail "image load: push to a registry that the cluster of context $CONTEXT can pull from: skopeo copy docker-archive:$1 docker://REGISTRY/IMAGE" ;;
  esac
}

current_load() {
  command -v "$1" >/dev/null || fail "image load: $1 is not on the PATH; where it is, run: $*"
  exec "$@"
}

current_netns() { fail "CLUSTER=current: 'netns' needs a lab; run the command in a pod instead"; }
current_node() { fail "CLUSTER=current: 'node' needs a lab; use kubectl debug node/NAME instead"; }
current_kernel() { lab_kernel "$@"; }
current_help() { lab_help; }
