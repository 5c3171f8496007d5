import { RECOVER_FINALIZER } from '../../api/v1alpha1/annotations.ts';
import type {
  ChaosExperiment,
  ChaosExperimentStatus,
  Phase,
  PodStatusEntry,
  Run,
  Targets,
} from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { isFinal } from '../../api/v1alpha1/phases.ts';
import type { AgentIdentity } from '../agent/report.ts';
import { formatDuration } from '../duration.ts';
import {
  degradedCondition,
  injectedCondition,
  recoveredCondition,
  setCondition,
} from './conditions.ts';
import { type Decision, type Effect, earlier } from './effects.ts';
import { evidence } from './evidence.ts';
import { isStale, type PeerOrders, peerOrders } from './follow.ts';
import { letGo } from './let-go.ts';
import { exceptsNode } from '../peers/node.ts';
import { asked, faultWords } from '../network/impairment.ts';
import { isDynamic, type Joiners, joiners, NOBODY, runEnd } from './join.ts';
import { NO_ACTIVITY, type Observed } from './observed.ts';
import { stepPod } from './pod.ts';
import { isSettled, type RunTimes } from './pod-case.ts';
import { endsEarly } from './stop.ts';
import { summarise } from './summary.ts';
import { awaitTurn } from './serial.ts';
import { awaitsTurn, timesOf } from './turn.ts';

/** A run's status from its write-ahead on. */
export type StartedStatus = ChaosExperimentStatus & {
  startTime: string;
  run: Run;
  attempt: number;
};

export function hasStarted(status: ChaosExperimentStatus | undefined): status is StartedStatus {
  return (
    status?.startTime !== undefined && status.run !== undefined && status.attempt !== undefined
  );
}

/** What a process does and learns for one experiment belongs to one attempt, or to the planning of one generation. */
export function roundOf({ metadata, status }: ChaosExperiment): string {
  return hasStarted(status) && !isFinal(status.phase)
    ? attemptRound(status.attempt)
    : `plan-${metadata.generation}`;
}

export const attemptRound = (attempt: number) => `attempt-${attempt}`;

export function runTimes({ startTime, run }: StartedStatus): RunTimes {
  return {
    start: Date.parse(startTime),
    startBefore: Date.parse(run.startBefore),
    deadline: Date.parse(run.deadline),
    ...(run.joinedDeadline !== undefined && { joinedDeadline: Date.parse(run.joinedDeadline) }),
    duration: run.durationMs,
  };
}

/** Whose words are those of this run's agents. */
export function identityOf({
  metadata,
  status,
}: {
  readonly metadata: { readonly uid: string };
  readonly status: StartedStatus;
}): AgentIdentity {
  return { uid: metadata.uid, attempt: status.attempt, handle: status.run.handle };
}

/** A run that was committed to: take every pod one step further, and end when the last one is settled. */
export function carryOn(observed: Observed, status: StartedStatus, now: number): Decision {
  const { experiment, pods, activities, wroteAhead } = observed;
  if (isFinal(status.phase)) return letGo(observed, now);
  const times = runTimes(status);
  const early = endsEarly(observed);
  const identity = identityOf({ metadata: experiment.metadata, status });
  const orders = peerOrders(observed, status);
  const newest = Math.max(0, ...(status.pods ?? []).map(({ batch = 0 }) => batch));
  const effects: Effect[] = [];
  const entries: PodStatusEntry[] = [];
  let wakeAt: number | undefined;
  let writeAhead = false;
  let { run } = status;
  for (const entry of status.pods ?? []) {
    const seen = evidence(entry, pods, status.run.container, identity);
    if (awaitsTurn(entry, experiment.spec.targets)) {
      const waiting = { entry, seen, before: entries, stopping: early !== undefined };
      const turn = awaitTurn(observed, status, waiting, now);
      if (turn.entry.batch !== undefined) {
        writeAhead = true;
        if (turn.peers !== undefined) run = { ...run, peers: [...turn.peers] };
      }
      entries.push(turn.entry);
      wakeAt = earlier(wakeAt, turn.wakeAt);
      continue;
    }
    const step = stepPod(
      {
        entry,
        activity: activities.get(entry.uid) ?? NO_ACTIVITY,
        times: timesOf(entry, times),
        stopping: early !== undefined,
        mayInject: mayInject(observed, entry.namespace),
        peers: orders,
        latest: (entry.batch ?? 0) === newest,
        verifyMs: verifyMs(experiment.spec),
        exceptsNode: exceptsNode(experiment.spec),
        wroteAhead,
        now,
      },
      seen,
    );
    entries.push(step.entry);
    effects.push(...step.effects);
    wakeAt = earlier(wakeAt, step.wakeAt);
  }
  const dynamic = isDynamic(experiment) && early === undefined;
  const end = dynamic ? runEnd(entries, times) : undefined;
  const joined = end === undefined ? NOBODY : joiners(observed, entries, times, now);
  const open = dynamic && (end === undefined ? !entries.every(isSettled) : now < end);
  const next = open ? earlier(wakeAt, end) : wakeAt;
  const { deletionTimestamp, finalizers } = experiment.metadata;
  const loose = deletionTimestamp === undefined && !finalizers?.includes(RECOVER_FINALIZER);
  return {
    status: describe(observed, join({ ...status, run }, joined, end), {
      entries: [...entries, ...joined.entries],
      orders,
      times,
      early,
      open,
      now,
    }),
    effects,
    ...((writeAhead || joined.entries.length > 0) && { writeAhead: true }),
    // A replaced object has lost it, and could be deleted under its faults.
    ...(loose && { finalizer: 'add' as const }),
    ...(next !== undefined && { wakeAt: next }),
  };
}

/** Each phase of the check takes so many tries at most (images/injector/parts/verify.sh). */
const VERIFY_TRIES = 3;

/** How long the check after the fault may take. */
function verifyMs({ verify }: ChaosExperiment['spec']): number {
  return verify === undefined ? 0 : VERIFY_TRIES * (verify.timeoutSeconds ?? 1) * 1_000;
}

/** The run with what the pods that come later have to know. */
function join(
  status: StartedStatus,
  { entries, peers }: Joiners,
  end: number | undefined,
): StartedStatus {
  if (entries.length === 0 || end === undefined) return status;
  const { joinedDeadline = new Date(end).toISOString() } = status.run;
  return { ...status, run: { ...status.run, ...(peers && { peers: [...peers] }), joinedDeadline } };
}

function mayInject(
  { limits, namespaces }: Observed,
  namespace: string,
): 'yes' | 'excluded' | 'unknown' {
  if (limits.kind === 'unreadable' || namespaces.kind === 'unreadable') return 'unknown';
  return namespaces.value.get(namespace)?.excluded ? 'excluded' : 'yes';
}

/** What a status is made from besides the one before. */
interface Described {
  readonly entries: PodStatusEntry[];
  readonly orders: PeerOrders | undefined;
  readonly times: RunTimes;
  /** Why the run ends early; undefined when it does not. */
  readonly early: string | undefined;
  /** Pods may still join. */
  readonly open: boolean;
  readonly now: number;
}

function describe(
  observed: Observed,
  status: StartedStatus,
  { entries: pods, orders, times, early, open, now }: Described,
): ChaosExperimentStatus {
  const { metadata, spec } = observed.experiment;
  const { generation } = metadata;
  const phase = phaseOf(pods, spec.targets, early !== undefined, open);
  const summary = summarise(pods, asked(spec), times);
  const conditions = [
    injectedCondition(pods),
    recoveredCondition(pods),
    degradedCondition(pods, {
      correlation: spec.correlation ?? 0,
      partial: orders?.kind === 'follow' ? orders.partial : [],
      missing: orders?.kind === 'follow' ? orders.missing : undefined,
      stale: stalePeers(observed, pods, orders),
    }),
  ].reduce((all, one) => setCondition(all, one, generation, now), status.conditions ?? []);
  return {
    ...status,
    ...(early !== undefined && { stopping: early }),
    phase,
    conditions,
    pods,
    summary,
    message: sentence(phase, status.run, summary, early),
    ...(isFinal(phase) && { endTime: new Date(now).toISOString() }),
  };
}

/** Why agents may follow other peers than there are; undefined when they follow all. */
function stalePeers(
  { activities, experiment }: Observed,
  pods: readonly PodStatusEntry[],
  orders: PeerOrders | undefined,
): string | undefined {
  if (orders === undefined) return undefined;
  if (pods.every(isSettled)) {
    // What was so until the end is true of the run.
    const last = experiment.status?.conditions?.find(({ type }) => type === 'Degraded');
    return last?.reason === 'PeersStale' ? last.message : undefined;
  }
  if (orders.kind === 'keep') return orders.why;
  if (orders.lost !== undefined) return orders.lost;
  const untold = pods.filter((pod) => isStale(pod, activities.get(pod.uid) ?? NO_ACTIVITY));
  const [first] = untold;
  if (first === undefined) return undefined;
  const { update } = activities.get(first.uid) ?? NO_ACTIVITY;
  const why = update.kind === 'failed' ? update.message : '';
  return `${untold.length} of ${pods.length} agents cannot be told of changed peers, such as ${first.name}: ${why}`;
}

/** A run that hit nothing is never a success. */
function phaseOf(
  pods: readonly PodStatusEntry[],
  targets: Targets,
  early: boolean,
  open: boolean,
): Phase {
  if (pods.every(isSettled) && !open) {
    if (early) return 'Aborted';
    return pods.some((pod) => pod.applied !== undefined) ? 'Completed' : 'Failed';
  }
  if (early) return 'Recovering';
  const planned = pods.filter(({ state }) => state === 'Planned');
  // A turn that comes later belongs to a run that is on its way.
  const first = planned.filter((pod) => (pod.batch ?? 0) === 0 && !awaitsTurn(pod, targets));
  if (first.length > 0) return 'Injecting';
  const goesOn = open || planned.length > 0 || pods.some(({ state }) => state === 'Injected');
  return goesOn ? 'Running' : 'Recovering';
}

function sentence(
  phase: Phase,
  run: Run,
  summary: ChaosExperimentStatus['summary'] & object,
  early: string | undefined,
): string {
  const fault = faultWords(summary.asked, run.direction);
  const { observed } = summary;
  const word = observed?.endsWith('%') ? ' observed' : '';
  const measured = observed === undefined ? '' : `, ${observed}${word}`;
  switch (phase) {
    case 'Injecting':
      return `injecting ${fault}: ${summary.pods} pods have proven it`;
    case 'Running':
      return `${fault} for ${formatDuration(run.durationMs)} in ${summary.pods} pods until ${summary.ends}`;
    case 'Recovering':
      return early === undefined
        ? 'waiting for the last pods to be clean'
        : `${early}; taking the faults away`;
    case 'Completed':
      return `${fault} was in ${summary.pods} pods${measured}`;
    case 'Failed':
      return `no pod proved the fault: ${summary.failed} failed, ${summary.gone} gone, ${summary.unknown} unknown`;
    case 'Aborted':
      return `${early}; ${fault} was in ${summary.pods} pods${measured}`;
    case 'Pending':
    case 'Planned':
      return '';
  }
}
