# shellcheck shell=bash
# Cases that change the machine's modules; only for a machine that is thrown away afterwards.

# without_netem COMMAND...: runs it while the module is hidden from the kernel's own modprobe, which runs in the machine's
# first mount namespace.
without_netem() {
  local module status=0
  module=$(modinfo -F filename sch_netem)
  rmmod sch_netem 2>/dev/null || :
  mv "$module" "$module.away"
  "$@" || status=$?
  mv "$module.away" "$module"
  return "$status"
}

case_netem_is_missing() {
  plan egress-delay-100ms
  remember
  without_netem agent a
  claim_report a NetemUnavailable
  claim_message a netem
  claim_unchanged
}

# The same loss by BPF and blackhole, with counters of its own.
case_loss_without_netem() {
  plan both-loss-20
  remember
  without_netem start a SQUALL_FALLBACK="$(<"$PLANS/both-loss-20.fallback")"
  claim_equal engine bpf "$(of_event a applied engine)"
  lost_datagrams pod peer 4
  local egress_lost=$LOST
  claim_loss 'egress of IPv4' "$DATAGRAMS" "$egress_lost" 20 1
  lost_datagrams peer pod 4
  claim_loss 'ingress of IPv4' "$DATAGRAMS" "$LOST" 20 1
  stop a
  claim_report a Stopped
  claim_unchanged
  claim_between 'egress lost' "$egress_lost" $((egress_lost + 30)) $(($(of_report a egress.seen) - $(of_report a egress.passed)))
  claim_between 'ingress lost' "$LOST" $((LOST + 30)) $(($(of_report a ingress.seen) - $(of_report a ingress.passed)))
  claim_equal 'engine of the report' bpf "$(of_report a engine)"
}
