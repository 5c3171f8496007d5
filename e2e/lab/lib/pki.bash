# shellcheck shell=bash
# The lab's certificates and keys, made once for each lab. Elliptic curves: a
# handshake costs little on an emulated processor.

# Makes those that are missing, so that an interrupted run is made good.
pki_up() {
  local pki=$LAB_STATE/pki
  [[ ! -e $pki/complete ]] || return 0
  rm -rf "$pki"
  mkdir -p "$pki"
  chmod 700 "$LAB_STATE"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
    -subj /CN=squall-lab -keyout "$pki/ca.key" -out "$pki/ca.crt"
  certificate apiserver /CN=kube-apiserver "IP:$LAB_HOST_IP,IP:$LAB_HOST_IP6,IP:$LAB_API_IP,IP:127.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
  certificate apiserver-kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client
  certificate admin /O=system:masters/CN=kubernetes-admin
  certificate controller-manager /CN=system:kube-controller-manager
  certificate scheduler /CN=system:kube-scheduler
  certificate kube-proxy /CN=system:kube-proxy
  certificate kubelet "/O=system:nodes/CN=system:node:$LAB_NODE_NAME" \
    "IP:$LAB_NODE_IP,IP:$LAB_NODE_IP6,DNS:$LAB_NODE_NAME"
  openssl ecparam -name prime256v1 -genkey -noout -out "$pki/service-account.key"
  openssl ec -in "$pki/service-account.key" -pubout -out "$pki/service-account.pub"
  ssh-keygen -q -t ed25519 -N '' -C squall-lab -f "$pki/ssh_key"
  ssh-keygen -q -t ed25519 -N '' -C squall-lab -f "$pki/ssh_host_key"
  kubeconfig "$KUBECONFIG_FILE" admin
  local user
  for user in controller-manager scheduler kube-proxy kubelet; do
    kubeconfig "$pki/$user.kubeconfig" "$user"
  done
  touch "$pki/complete"
}

# certificate NAME SUBJECT [ALTERNATIVE_NAMES]: for client and server use.
certificate() {
  local pki=$LAB_STATE/pki name=$1 subject=$2 names=${3:-}
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$subject" \
    -keyout "$pki/$name.key" -out "$pki/$name.csr"
  openssl x509 -req -in "$pki/$name.csr" -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -CAcreateserial \
    -days 3650 -out "$pki/$name.crt" -extfile <(
      printf 'keyUsage=digitalSignature\nextendedKeyUsage=clientAuth,serverAuth\n'
      [[ -z $names ]] || printf 'subjectAltName=%s\n' "$names"
    )
  rm -f "$pki/$name.csr"
}

# kubeconfig FILE NAME: with the certificates inside, so that the file works
# from anywhere in the namespace.
kubeconfig() {
  local file=$1 name=$2 pki=$LAB_STATE/pki
  (
    umask 077
    cat >"$file" <<YAML
apiVersion: v1
kind: Config
current-context: squall-lab-$LAB
clusters:
  - name: squall-lab-$LAB
    cluster:
      server: https://$LAB_HOST_IP:6443
      certificate-authority-data: $(base64 -w0 <"$pki/ca.crt")
contexts:
  - name: squall-lab-$LAB
    context: { cluster: squall-lab-$LAB, user: $name }
users:
  - name: $name
    user:
      client-certificate-data: $(base64 -w0 <"$pki/$name.crt")
      client-key-data: $(base64 -w0 <"$pki/$name.key")
YAML
  )
}

# What the node needs of it, as a tar that is a disk to it.
pki_archive() {
  tar -C "$LAB_STATE/pki" -cf "$LAB_STATE/pki.tar" ca.crt kubelet.crt kubelet.key \
    kubelet.kubeconfig kube-proxy.kubeconfig ssh_host_key ssh_key.pub
}
