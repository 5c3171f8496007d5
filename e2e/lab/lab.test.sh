#!/usr/bin/env bash
# The lab tested on itself, with labs of its own: what `lab help` promises.
# Takes about five minutes on two quiet cores when the cache is warm. Prints a
# line for each check and ends with "N passed, N failed".
set -uo pipefail

here=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd)
lab=$here/lab
first=labtest-a
second=labtest-b
passed=0
failed=0
work=$(mktemp -d -t squall-labtest.XXXXXX)
unset CLUSTER PROXY_MODE

finish() {
  LAB=$first "$lab" down
  LAB=$second "$lab" down
  rm -rf "$work"
} 2>/dev/null
trap finish EXIT

# check SENTENCE COMMAND...: COMMAND succeeds. Its output is shown only when it
# does not.
check() {
  local sentence=$1 begin=$SECONDS
  shift
  if "$@" >"$work/output" 2>&1; then
    passed=$((passed + 1))
    printf 'ok    %s (%d s)\n' "$sentence" $((SECONDS - begin))
  else
    failed=$((failed + 1))
    printf 'FAIL  %s (%d s)\n' "$sentence" $((SECONDS - begin))
    tail -n 20 "$work/output" | sed 's/^/        /'
  fi
}

fails_with() {
  local status=$1 text=$2 got=0
  shift 2
  "$@" >"$work/answer" 2>&1 || got=$?
  cat "$work/answer"
  [[ $got -eq $status && $(<"$work/answer") == *"$text"* ]]
}

# within SECONDS COMMAND...: succeeds, and in that time.
within() {
  local limit=$1 begin=$SECONDS
  shift
  "$@" && [[ $((SECONDS - begin)) -lt $limit ]]
}

# until_true SECONDS COMMAND...
until_true() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [[ $SECONDS -lt $deadline ]] || return 1
    sleep 0.2
  done
}

kubectl() { "$lab" kubectl "$@"; }

state() { "$lab" env | sed -n 's/^LAB_STATE=//p'; }

daemon() { cut -d' ' -f1 "$(state)/run/$1.pid"; }

app_manifest() {
  cat <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: { name: app }
spec:
  replicas: 2
  selector: { matchLabels: { app: app } }
  template:
    metadata: { labels: { app: app } }
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - { name: app, image: "squall.local/app:1", imagePullPolicy: IfNotPresent }
---
apiVersion: v1
kind: Service
metadata: { name: app }
spec:
  selector: { app: app }
  ipFamilyPolicy: RequireDualStack
  ports: [{ port: 80, targetPort: 8080 }]
YAML
}

app_deployed() {
  app_manifest | kubectl apply -f - && kubectl rollout status deployment/app --timeout=180s
}

app_pod() { kubectl get pods -l app=app -o name | head -n 1; }

pods_answer_ping() {
  local address
  for address in $(kubectl get pods -l app=app -o jsonpath='{.items[*].status.podIPs[*].ip}'); do
    "$lab" netns ping -c 1 -W 5 "$address" || return 1
  done
}

service_answers() {
  local address
  for address in $(kubectl get service app -o jsonpath='{.spec.clusterIPs[*]}'); do
    [[ $address != *:* ]] || address="[$address]"
    "$lab" netns curl -sS -m 10 -o /dev/null "http://$address/" || return 1
    kubectl exec "$(app_pod)" -- timeout 10 wget -q -O /dev/null "http://$address/" || return 1
  done
}

parallel_calls() {
  local pids=() pid status=0
  for _ in {1..20}; do
    "$lab" node 'cat /proc/uptime' &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || status=1; done
  return "$status"
}

stdin_passes() { [[ $(printf 'to and fro' | "$lab" node 'cat') == 'to and fro' ]]; }

waiting_reason() {
  [[ $(kubectl get pod late -o jsonpath='{.status.containerStatuses[0].state.waiting.reason}') =~ ^(ErrImagePull|ImagePullBackOff)$ ]]
}

unknown_image_fails_at_once() {
  kubectl run late --image squall.local/late:1 --image-pull-policy IfNotPresent --command -- sleep 3600
  until_true 30 waiting_reason
}

loaded_image_starts() {
  local file
  mkdir -p "$work/late"
  printf 'FROM scratch\nCOPY Dockerfile /\n' >"$work/late/Dockerfile"
  cp "$here/../../images/app/Dockerfile" "$work/late/Dockerfile"
  sed -i '/traffic/d' "$work/late/Dockerfile"
  file=$("$lab" image build squall.local/late:1 "$work/late") && [[ -f $file ]] &&
    "$lab" image load "$file" &&
    kubectl wait pod/late --for=condition=Ready --timeout=180s
}

machine_killed_and_repaired() {
  kill -KILL "$(daemon node)"
  until_true 10 not "$lab" status || return 1
  "$lab" up && kubectl rollout status deployment/app --timeout=180s && pods_answer_ping
}

control_plane_killed_and_repaired() {
  kill -KILL "$(daemon kube-apiserver)" "$(daemon etcd)" "$(daemon kube-scheduler)"
  until_true 10 not "$lab" status || return 1
  "$lab" up && kubectl get deployment app && "$lab" status
}

not() { ! "$@"; }

ipvs_in_force() { "$lab" node 'cat /proc/net/ip_vs' | grep -q 'TCP  0A600001:01BB'; }

nothing_left() {
  local name=$1
  not ip netns pids "squall-lab-$name" && not pgrep -f "labs/$name/" &&
    [[ ! -e $2 ]] && not ip link show lab0 && not ip link show node0
}

kernel_runs() {
  mkdir -p "$work/folder"
  echo 'in the folder' >"$work/folder/file"
  fails_with 7 'qdisc netem' "$lab" kernel "$work/folder" \
    'grep -q "in the folder" file && tc qdisc add dev lo root netem loss 5% && tc qdisc show dev lo; exit 7'
}

current_cluster() {
  mkdir -p "$work/bin"
  printf '#!/bin/sh\nexec %s kubectl "$@"\n' "$(<"$(state)/kubernetes")" >"$work/bin/kubectl"
  chmod 755 "$work/bin/kubectl"
  local current=(env CLUSTER=current KUBECONFIG="$(state)/admin.kubeconfig" PATH="$work/bin:$PATH" "$lab")
  "$lab" netns "${current[@]}" up && "$lab" netns "${current[@]}" kubectl get nodes &&
    "$lab" netns "${current[@]}" down && "$lab" status &&
    fails_with 1 'push to a registry' "$lab" netns "${current[@]}" image load "$0"
}

export LAB=$first
check 'an unknown command is a usage error' fails_with 2 "unknown command 'frobnicate'" "$lab" frobnicate
check 'a bad lab name is refused' fails_with 1 'LAB=A_b: must be' env LAB=A_b "$lab" up
check 'a bad proxy mode is refused' fails_with 1 'PROXY_MODE=nft: must be' env PROXY_MODE=nft "$lab" up
check 'a lab that is down says how to bring it up' fails_with 1 'lab up' "$lab" kubectl get nodes
check 'status of a lab that is down fails' fails_with 1 'down' "$lab" status
check 'without a kubeconfig, CLUSTER=current says so' \
  fails_with 1 'CLUSTER=current' env CLUSTER=current KUBECONFIG=/nonexistent "$lab" up
check 'kernel: a command runs beside netem and its status comes back' kernel_runs
check 'up, whatever has to be built' "$lab" up
folder=$(state)
check 'down' "$lab" down
check 'down leaves no process, namespace, interface or file' nothing_left "$first" "$folder"
check 'down of a lab that is down succeeds' "$lab" down
check 'up from the cache takes under 60 s' within 60 "$lab" up
check 'up of a lab that is up succeeds' "$lab" up
check 'status succeeds' "$lab" status
check 'an application and its Service are deployed' app_deployed
check 'pods answer IPv4 and IPv6 ping from the namespace' pods_answer_ping
check 'a Service answers on both addresses, from the namespace and from a pod' service_answers
check 'DNS resolves a Service' kubectl exec "$(app_pod)" -- nslookup app.default.svc.cluster.local
check 'DNS denies a name that is not there at once' \
  within 5 fails_with 1 'NXDOMAIN' kubectl exec "$(app_pod)" -- nslookup squall.example
check 'exec and logs work' kubectl logs "$(app_pod)"
check "node: the command's status comes back" fails_with 7 '' "$lab" node 'exit 7'
check 'node: stdin passes' stdin_passes
check 'node: 20 calls at once' parallel_calls
check 'an image that is not there fails within 30 s' unknown_image_fails_at_once
check 'loading it lets the pod start' loaded_image_starts
check 'up repairs a lab whose machine was killed' machine_killed_and_repaired
check 'up repairs a lab whose control plane was killed' control_plane_killed_and_repaired
check 'PROXY_MODE of a lab that runs cannot be changed' \
  fails_with 1 'runs with PROXY_MODE=iptables' env PROXY_MODE=ipvs "$lab" up
check 'CLUSTER=current uses the context and leaves the cluster alone' current_cluster

export LAB=$second
check 'a second lab comes up beside the first, with IPVS' env PROXY_MODE=ipvs "$lab" up
folder=$(state)
check 'IPVS is in force' ipvs_in_force
check 'an application and its Service are deployed there' app_deployed
check 'pods answer there' pods_answer_ping
check 'a Service answers there on both addresses' service_answers
check 'the first lab is unharmed' env LAB=$first "$lab" status
check 'down of the second' "$lab" down
check 'nothing of the second is left' nothing_left "$second" "$folder"
check 'the first is still up' env LAB=$first "$lab" status
check 'down of the first' env LAB=$first "$lab" down

printf '%d passed, %d failed\n' "$passed" "$failed"
[[ $failed -eq 0 ]]
