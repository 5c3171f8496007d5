import type { PodStatusEntry } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { type AgentIdentity, type AgentReport, parseReport } from '../agent/report.ts';
import { reaperName, UID_VARIABLE } from '../container.ts';
import type { ContainerState, EphemeralContainer, Pod } from '../targets/pod.ts';
import { type PodReading, shortUid } from './observed.ts';

/** What the cluster shows of one selected pod and of our containers in it. */
export type Evidence =
  /** Nothing is known at the moment. */
  | { readonly kind: 'unreadable'; readonly since: number }
  /** The pod has ended or another one has its name: its network is gone, and our fault with it. */
  | { readonly kind: 'podGone' }
  /** The pod is there without the agent's container. */
  | { readonly kind: 'absent'; readonly pod: Pod }
  /** A container of that name is there and is not this run's. */
  | { readonly kind: 'foreign'; readonly pod: Pod }
  | (Ours & { readonly kind: 'starting'; readonly reason: string; readonly message: string })
  | (Ours & { readonly kind: 'running' })
  /** The runtime could not start it; no process of ours ever ran. */
  | (Ours & { readonly kind: 'notStartable'; readonly message: string })
  | (Ours & {
      readonly kind: 'ended';
      readonly report: AgentReport | undefined;
      readonly message: string;
      /** Milliseconds since the epoch by the node's clock, cut to the second (metav1.Time); undefined when it is not known. */
      readonly finishedAtMs: number | undefined;
    });

interface Ours {
  readonly pod: Pod;
  readonly reapers: readonly Reaper[];
}

/** A container that cleans up. */
export interface Reaper {
  readonly n: number;
  readonly ended: boolean;
  readonly report: AgentReport | undefined;
}

/** Reasons with which a kubelet reports a container whose first process was never executed (kubelet/container, containerd's shim). */
const NEVER_RAN = new Set(['StartError', 'ContainerCannotRun']);

/** Reapers that one run may use in one pod. */
export const MAX_REAPERS = 3;

/** @param container name of the agent's container */
export function evidence(
  entry: PodStatusEntry,
  pods: PodReading,
  container: string,
  identity: AgentIdentity,
): Evidence {
  if (pods.kind === 'unreadable') {
    return { kind: 'unreadable', since: pods.since ?? Number.NEGATIVE_INFINITY };
  }
  const pod = pods.get(entry.namespace, entry.name);
  if (pod === undefined || shortUid(pod) !== entry.uid) return { kind: 'podGone' };
  if (pod.phase === 'Succeeded' || pod.phase === 'Failed') return { kind: 'podGone' };
  const agent = pod.ephemeralContainers.find(({ name }) => name === container);
  if (agent === undefined) return { kind: 'absent', pod };
  if (agent.env[UID_VARIABLE] !== identity.uid) return { kind: 'foreign', pod };
  return { pod, reapers: reapers(pod, container, identity), ...state(agent.state, identity) };
}

type StateEvidence =
  | { kind: 'starting'; reason: string; message: string }
  | { kind: 'running' }
  | { kind: 'notStartable'; message: string }
  | {
      kind: 'ended';
      report: AgentReport | undefined;
      message: string;
      finishedAtMs: number | undefined;
    };

function state(container: ContainerState, identity: AgentIdentity): StateEvidence {
  switch (container.kind) {
    case 'unreported':
      return { kind: 'starting', reason: '', message: '' };
    case 'waiting':
      return { kind: 'starting', reason: container.reason, message: container.message };
    case 'running':
      return { kind: 'running' };
    case 'terminated': {
      const report = parseReport(container.message, identity);
      if (report === undefined && NEVER_RAN.has(container.reason)) {
        return { kind: 'notStartable', message: container.message };
      }
      const message = `exit code ${container.exitCode}, ${container.reason || 'no reason'}`;
      const finished = Date.parse(container.finishedAt);
      // A kubelet that has lost a container says that it ended without a time, or with the zero one.
      return { kind: 'ended', report, message, finishedAtMs: finished > 0 ? finished : undefined };
    }
  }
}

function reapers(pod: Pod, container: string, identity: AgentIdentity): Reaper[] {
  const found: Reaper[] = [];
  for (let n = 1; n <= MAX_REAPERS; n += 1) {
    const reaper = pod.ephemeralContainers.find(({ name }) => name === reaperName(container, n));
    if (reaper !== undefined) found.push({ n, ...ending(reaper, identity) });
  }
  return found;
}

function ending(container: EphemeralContainer, identity: AgentIdentity): Omit<Reaper, 'n'> {
  if (container.state.kind !== 'terminated') return { ended: false, report: undefined };
  return { ended: true, report: parseReport(container.state.message, identity) };
}
