# shellcheck shell=bash
lab_help() {
  cat <<'HELP'
lab: one real Kubernetes cluster on this machine, its node in a virtual machine

  lab up                     brings the lab up, or repairs it; what it builds is cached
  lab down                   ends the lab and leaves nothing of it but the cache
  lab status                 says what runs; succeeds when all of it does
  lab kubectl ARG...         kubectl as the cluster's administrator
  lab netns COMMAND...       runs COMMAND where pods and Services are reachable
  lab node 'COMMAND'         runs COMMAND as root on the node
  lab image build TAG CONTEXT [DOCKERFILE]
                             builds an image, prints the path of its docker-archive
  lab image load FILE...     gives docker-archive files to the node
  lab kernel FOLDER 'COMMAND'
                             runs COMMAND as root in a throw-away machine without
                             Kubernetes, with a copy of FOLDER on /mnt
  lab env                    prints KUBECONFIG=..., the lab's addresses, and where
                             the API server notes what Squall's accounts do

Environment:
  LAB=NAME                   which lab (default squall); labs run side by side
  PROXY_MODE=iptables|ipvs   kube-proxy's mode (default iptables)
  LAB_NODE_MEMORY=MIB        the node's memory (default 3072)
  SQUALL_CACHE=FOLDER        where things are kept (default ~/.cache/squall)
  CLUSTER=current            no lab: the cluster of the current kubeconfig context
HELP
}
