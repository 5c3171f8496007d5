# shellcheck shell=bash
# What a lab is made of: its versions, its addresses, where it keeps things.
# Everything a caller may choose comes from the environment, here and nowhere
# else.

CLUSTER=${CLUSTER:-lab}
LAB=${LAB:-squall}
# Empty: what the lab runs with, iptables for a new one.
PROXY_MODE=${PROXY_MODE:-}
LAB_NODE_MEMORY=${LAB_NODE_MEMORY:-3072}

KUBERNETES_VERSION=1.34.4
DEBIAN_SUITE=bookworm

# The same in every lab: each has a network namespace of its own, so two labs
# never meet.
LAB_HOST_IP=10.77.0.1
LAB_HOST_IP6=fd00:77::1
LAB_NODE_IP=10.77.0.2
LAB_NODE_IP6=fd00:77::2
LAB_NODE_NAME=node1
LAB_POD_CIDR=10.244.1.0/24
LAB_POD_CIDR6=fd00:244:1::/64
LAB_SERVICE_CIDR=10.96.0.0/16
LAB_SERVICE_CIDR6=fd00:96::/112
LAB_API_IP=10.96.0.1
LAB_DNS_IP=10.96.0.10
LAB_BRIDGE=lab0
LAB_TAP=node0

# A name is part of a network namespace's name and of file names.
[[ $LAB =~ ^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$ ]] ||
  fail "LAB=$LAB: must be 1 to 32 lower-case letters, digits or '-', with no '-' at either end"
case $PROXY_MODE in
  '' | iptables | ipvs) ;;
  *) fail "PROXY_MODE=$PROXY_MODE: must be 'iptables' or 'ipvs'" ;;
esac

# HOME may be unset where there is no login, as in CI.
HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
export HOME
SQUALL_CACHE=${SQUALL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/squall}
CACHE_DIR=$SQUALL_CACHE/cache
LOCK_DIR=$SQUALL_CACHE/locks
LAB_STATE=$SQUALL_CACHE/labs/$LAB
LAB_NETNS=squall-lab-$LAB
KUBECONFIG_FILE=$LAB_STATE/admin.kubeconfig
AUDIT_LOG=$LAB_STATE/log/audit.log
