# shellcheck shell=bash
# etcd, kube-apiserver, kube-controller-manager and kube-scheduler as plain
# processes in the lab's network namespace. Their state is in the lab's folder,
# so that they may be killed and started again.

CONTROL_PLANE=(etcd kube-apiserver kube-controller-manager kube-scheduler)

# Starts those that do not run.
controlplane_start() {
  local pki=$LAB_STATE/pki
  component etcd \
    --name lab --data-dir "$LAB_STATE/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380
  component kube-apiserver \
    --etcd-servers http://127.0.0.1:2379 --bind-address 0.0.0.0 --secure-port 6443 \
    --advertise-address "$LAB_HOST_IP" --service-cluster-ip-range "$LAB_SERVICE_CIDR,$LAB_SERVICE_CIDR6" \
    --tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" \
    --client-ca-file "$pki/ca.crt" \
    --kubelet-client-certificate "$pki/apiserver-kubelet-client.crt" \
    --kubelet-client-key "$pki/apiserver-kubelet-client.key" \
    --kubelet-certificate-authority "$pki/ca.crt" --kubelet-preferred-address-types InternalIP \
    --service-account-issuer https://kubernetes.default.svc \
    --service-account-key-file "$pki/service-account.pub" \
    --service-account-signing-key-file "$pki/service-account.key" \
    --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction \
    --audit-policy-file "$LAB_DIR/controlplane/audit.yaml" --audit-log-path "$AUDIT_LOG" \
    --audit-log-maxsize 64 --audit-log-maxbackup 1 \
    --allow-privileged --profiling=false
  component kube-controller-manager \
    --kubeconfig "$pki/controller-manager.kubeconfig" --bind-address 127.0.0.1 \
    --service-account-private-key-file "$pki/service-account.key" --root-ca-file "$pki/ca.crt" \
    --use-service-account-credentials \
    --cluster-signing-cert-file "$pki/ca.crt" --cluster-signing-key-file "$pki/ca.key" \
    --leader-elect=false --kube-api-qps 200 --kube-api-burst 400
  component kube-scheduler \
    --kubeconfig "$pki/scheduler.kubeconfig" --bind-address 127.0.0.1 --leader-elect=false
}

component() {
  local name=$1
  daemon_pid "$name" >/dev/null || daemon_start "$name" "$KUBERNETES" "$@"
}

controlplane_runs() {
  local name
  for name in "${CONTROL_PLANE[@]}"; do
    daemon_pid "$name" >/dev/null || return 1
  done
}

kube() {
  in_netns "$KUBERNETES" kubectl --kubeconfig "$KUBECONFIG_FILE" "$@"
}

controlplane_ready() {
  kube get --raw /readyz
}
