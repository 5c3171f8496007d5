# shellcheck shell=bash
# Cases that change the machine's modules; only for a machine that is thrown away afterwards.

# The module is hidden from the kernel's own modprobe, which runs in the machine's first mount namespace.
case_netem_is_missing() {
  local module
  plan both-loss-20
  module=$(modinfo -F filename sch_netem)
  remember
  rmmod sch_netem 2>/dev/null || :
  mv "$module" "$module.away"
  agent a
  mv "$module.away" "$module"
  claim_report a NetemUnavailable
  claim_message a netem
  claim_unchanged
}
