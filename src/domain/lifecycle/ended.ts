import type { PodStatusEntry } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import type { PodReason } from '../../api/v1alpha1/reasons.ts';
import type { AgentReason, AgentReport, Check, PacketCounts } from '../agent/report.ts';
import type { Evidence } from './evidence.ts';
import { become, type PodCase, type PodStep, sinceStart, wait } from './pod-case.ts';
import { reap, tookAway } from './reap.ts';

/** Settles a pod by its agent's last words, or takes away what an agent without clean ones has left. */
export function ended(pod: PodCase, evidence: Evidence & { kind: 'ended' }): PodStep {
  const { report } = evidence;
  const { times } = pod;
  const entry = report?.applied
    ? {
        ...pod.entry,
        applied: pod.entry.applied ?? sinceStart(report.appliedAtMs, times.start),
        ...(report.engine && { engine: report.engine }),
      }
    : pod.entry;
  if (report?.clean) {
    if (!report.applied)
      return wait(become(entry, 'Failed', failure(report.reason), report.message));
    // An agent does not notice when a reaper takes its fault away.
    const reapedAtMs = evidence.reapers.find(tookAway(report))?.report?.endedAtMs;
    const reason = entry.reason === 'ClockSkew' ? 'ClockSkew' : (report.reason as PodReason);
    return wait({
      ...become(entry, 'Recovered', reapedAtMs === undefined ? reason : 'Reaped', report.message),
      ended: sinceStart(reapedAtMs ?? report.endedAtMs, times.start),
      ...measured(report),
    });
  }
  const leaked =
    entry.state === 'Leaked'
      ? entry
      : {
          ...become(
            entry,
            'Leaked',
            report === undefined ? 'AgentDied' : 'RevertFailed',
            report?.message || evidence.message,
          ),
          ended: sinceStart(pod.now, times.start),
          ...(report && measured(report)),
        };
  return reap({ ...pod, entry: leaked }, evidence);
}

/** An agent that never applied: what that means for the pod. */
function failure(reason: AgentReason): PodReason {
  switch (reason) {
    case 'Expired':
    case 'Stopped':
    case 'Terminated':
    case 'Elapsed':
    case 'Deadline':
    case 'Reaped':
      return 'NotStarted';
    case 'OwnResidue':
    case 'InterfaceNotFound':
    case 'ForeignQdisc':
    case 'AlreadyFaulted':
    case 'NetemUnavailable':
    case 'NotPermitted':
    case 'InstallFailed':
    case 'Unverified':
    case 'RevertFailed':
    case 'BadInput':
    case 'PeersUnresolved':
    case 'ExceptionUnresolved':
      return reason;
  }
}

function measured(report: AgentReport): Pick<PodStatusEntry, 'egress' | 'ingress' | 'verified'> {
  const { verify } = report;
  return {
    ...(verify && {
      verified: {
        before: checkText(verify.before),
        ...(verify.during && { during: checkText(verify.during) }),
        ...(verify.after && { after: checkText(verify.after) }),
      },
    }),
    ...(report.egress && { egress: lostOfSeen(report.egress) }),
    ...(report.ingress && { ingress: lostOfSeen(report.ingress) }),
  };
}

function checkText({ tries, us }: Check): string {
  if (tries === 0) return 'the name does not resolve';
  if (us === undefined) return `no answer in ${tries} tries`;
  const took = `${Math.round(us / 100) / 10}ms`;
  return tries === 1 ? took : `${took} at try ${tries}`;
}

function lostOfSeen({ seen, passed }: PacketCounts): string {
  return `${Math.max(0, seen - passed)}/${seen}`;
}
