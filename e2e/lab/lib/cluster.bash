# shellcheck shell=bash
# The lab as a whole: up, down, status.

# Brings the lab up from whatever state it is in: what runs is left alone, what
# does not is started, and a node that does not answer is booted anew.
lab_up() {
  [[ $# -eq 0 ]] || usage_error "up takes no argument"
  local start=${EPOCHREALTIME/[.,]/} booted=
  require_host
  lock_lab
  proxy_mode_settle
  node_disk
  lab_disk
  app_image
  mkdir -p "$LAB_STATE/images" "$LAB_STATE/run" "$LAB_STATE/log"
  [[ -e $LAB_STATE/pki/complete ]] || step "making certificates" pki_up
  network_exists || step "making network namespace $LAB_NETNS" network_up
  if ! node_answers; then
    step "starting the node's machine ($ACCELERATOR)" node_boot
    booted=yes
  elif [[ $(<"$LAB_STATE/node") != "$(node_identity)" ]]; then
    note "what the node is made from has changed since it was booted; 'down' and 'up' take it in"
  fi
  if ! controlplane_runs || ! controlplane_ready >/dev/null 2>&1; then
    printf '%s\n' "$KUBERNETES" >"$LAB_STATE/kubernetes"
    step "starting the control plane" controlplane_up
  fi
  if [[ -n $booted ]]; then step "waiting for the node to answer" node_reached; fi
  connection_runs || step "connecting to the node" connection_start
  step "waiting for the node to be Ready" await 300 "the node to be Ready" node_ready
  if [[ -n $booted ]]; then images_restore; fi
  image_load "$APP_TAR"
  step "waiting for the cluster's DNS" \
    kube -n kube-system rollout status deployment/coredns --timeout=180s
  note "lab $LAB is up after $(seconds_since "$start") (node: $ACCELERATOR, kube-proxy: $PROXY_MODE)"
}

lock_lab() {
  mkdir -p "$LOCK_DIR"
  exec {LAB_LOCK}>"$LOCK_DIR/lab-$LAB"
  flock -n "$LAB_LOCK" || {
    note "waiting for another command that brings lab $LAB up or down"
    flock "$LAB_LOCK"
  }
}

node_answers() {
  network_exists && daemon_pid node >/dev/null && timeout 30 "$LAB_DIR/lab" node true
} >/dev/null 2>&1

# What a machine is booted with stays until the next boot: `up` says so when it
# is no longer what was asked for, since a boot would disturb whoever uses the
# lab.
node_identity() {
  printf '%s %s %s\n' "$PROXY_MODE" "$(entry_of "$NODE_DISK")" "$(entry_of "$LAB_DISK")"
}

# Settles PROXY_MODE and refuses to change it under a lab that runs.
proxy_mode_settle() {
  local mode=
  if [[ -e $LAB_STATE/node ]]; then read -r mode _ <"$LAB_STATE/node"; fi
  PROXY_MODE=${PROXY_MODE:-${mode:-iptables}}
  [[ -z $mode || $mode == "$PROXY_MODE" ]] ||
    fail "lab $LAB runs with PROXY_MODE=$mode; end it first: LAB=$LAB $LAB_DIR/lab down"
}

node_boot() {
  daemon_stop ssh node
  machine_start
  node_identity >"$LAB_STATE/node"
}

node_reached() {
  await 180 "the node to answer by ssh" timeout 10 "$LAB_DIR/lab" node true
  connection_start
  clock_set
}

controlplane_up() {
  controlplane_start
  await 120 "the apiserver to be ready" controlplane_ready
  # Before the node is there, so that its first pod starts as soon as it is.
  kube apply -f "$LAB_DIR/manifests/coredns.yaml"
}

node_ready() {
  [[ $(kube get node "$LAB_NODE_NAME" -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}') == True ]]
}

lab_down() {
  [[ $# -eq 0 ]] || usage_error "down takes no argument"
  [[ $(id -u) -eq 0 ]] || fail "needs root"
  lock_lab
  daemon_stop ssh node "${CONTROL_PLANE[@]}"
  network_down
  rm -rf --one-file-system "$LAB_STATE"
  note "lab $LAB is down"
}

# Prints what runs; succeeds exactly when all of it does and the node is Ready.
lab_status() {
  [[ $# -eq 0 ]] || usage_error "status takes no argument"
  if [[ ! -d $LAB_STATE ]]; then
    printf 'lab %s: down\n' "$LAB"
    return 1
  fi
  require_lab
  local name pid healthy=0
  printf 'lab %s: namespace %s, kube-proxy %s\n' "$LAB" "$LAB_NETNS" "$(cut -d' ' -f1 "$LAB_STATE/node")"
  for name in "${CONTROL_PLANE[@]}" node ssh; do
    if pid=$(daemon_pid "$name"); then
      printf '  %-26s runs, pid %d\n' "$name" "$pid"
    else
      printf '  %-26s DOWN\n' "$name"
      healthy=1
    fi
  done
  if timeout 10 "$LAB_DIR/lab" kubectl get nodes -o wide --request-timeout=8s && node_ready; then
    return "$healthy"
  fi
  return 1
}

lab_kubectl() {
  require_lab
  exec nsenter --net="/run/netns/$LAB_NETNS" -- "$KUBERNETES" kubectl --kubeconfig "$KUBECONFIG_FILE" "$@"
}

# One KEY=VALUE a line, for `eval` and for a test's environment.
lab_env() {
  require_lab
  cat <<ENV
LAB=$LAB
KUBECONFIG=$KUBECONFIG_FILE
LAB_STATE=$LAB_STATE
LAB_AUDIT_LOG=$AUDIT_LOG
LAB_NETNS=$LAB_NETNS
LAB_NODE_NAME=$LAB_NODE_NAME
LAB_NODE_IP=$LAB_NODE_IP
LAB_NODE_IP6=$LAB_NODE_IP6
LAB_HOST_IP=$LAB_HOST_IP
LAB_HOST_IP6=$LAB_HOST_IP6
LAB_POD_CIDR=$LAB_POD_CIDR
LAB_POD_CIDR6=$LAB_POD_CIDR6
LAB_SERVICE_CIDR=$LAB_SERVICE_CIDR
LAB_SERVICE_CIDR6=$LAB_SERVICE_CIDR6
ENV
}

# Ends unless the lab has been brought up (what of it still runs is another
# question). Sets KUBERNETES to the binary that it was brought up with.
require_lab() {
  [[ -e $LAB_STATE/kubernetes && -e /run/netns/$LAB_NETNS ]] ||
    fail "lab $LAB is not up; bring it up: ${LAB:+LAB=$LAB }$LAB_DIR/lab up"
  [[ $(id -u) -eq 0 ]] || fail "the lab's network namespace needs root: sudo -E $LAB_DIR/lab ..."
  KUBERNETES=$(<"$LAB_STATE/kubernetes")
}
