import type { ChaosExperiment } from '../../../api/v1alpha1/chaos-experiment.generated.ts';
import { reaperName } from '../../container.ts';
import type { Pod } from '../../targets/pod.ts';
import type { Effect } from '../effects.ts';
import { type Activity, NO_ACTIVITY, type PodActivity, shortUid } from '../observed.ts';
import { hasStarted, runTimes } from '../run.ts';
import { timesOf } from '../turn.ts';
import type { Cluster } from './cluster.ts';
import type { ContainerPlan, Node } from './node.ts';

/** How a process remembers what became of its requests; a dead one learns nothing. */
export interface Learn {
  readonly activity: (pod: string) => PodActivity | undefined;
  readonly record: (pod: string, change: Partial<PodActivity>, seen?: Pod) => void;
}

const REQUEST_TIMEOUT_MS = 35_000;
const EXEC_TIMEOUT_MS = 20_000;
const LOG_TIMEOUT_MS = 30_000;
/** What the stop command waits for the agent's report. */
const REPORT_PATIENCE_MS = 5_000;

/** Carries an effect out against the cluster, in the weather of the scenario. */
export function carryOut(
  cluster: Cluster,
  experiment: ChaosExperiment,
  effect: Effect,
  learn: Learn,
): void {
  const { pod } = effect;
  const id = shortUid(pod);
  const before = learn.activity(id) ?? NO_ACTIVITY;
  switch (effect.kind) {
    case 'inject':
    case 'reap':
      learn.record(
        id,
        effect.kind === 'inject' ? { inject: { kind: 'busy' } } : { reap: { kind: 'busy' } },
      );
      addContainer(cluster, experiment, effect, before, learn);
      break;
    case 'prove':
      learn.record(id, { proof: { kind: 'busy' } });
      readLog(cluster, pod, before, learn);
      break;
    case 'stop':
      learn.record(id, { stop: { kind: 'busy' } });
      stop(cluster, pod, before, learn);
      break;
    case 'update':
      throw new Error('no run here has peers');
    case 'preflight':
      throw new Error('no run here is a dry one');
  }
}

function failed(
  cluster: Cluster,
  before: Activity<unknown>,
  denied = false,
): Extract<Activity<never>, { kind: 'failed' }> {
  const tries = before.kind === 'failed' ? before.tries + 1 : 1;
  return { kind: 'failed', at: cluster.timeline.now, tries, denied, message: 'no answer' };
}

function addContainer(
  cluster: Cluster,
  experiment: ChaosExperiment,
  effect: Effect & { kind: 'inject' | 'reap' },
  before: PodActivity,
  learn: Learn,
): void {
  const { timeline, scenario } = cluster;
  const { pod, kind } = effect;
  const id = shortUid(pod);
  const plan = planOf(experiment, effect);
  const send = () => cluster.addContainer(pod.metadata.uid, plan);
  const fail = (uncertain: boolean) => {
    const activity = failed(cluster, kind === 'inject' ? before.inject : before.reap);
    if (kind === 'reap') learn.record(id, { reap: activity });
    else learn.record(id, { inject: activity, ...(uncertain && { injectUncertain: true }) });
  };
  if (timeline.chance(scenario.badWeather)) {
    switch (timeline.between(0, 3)) {
      case 0:
        return timeline.after(timeline.between(1, 2_000), () => fail(false));
      case 1:
        return timeline.after(timeline.between(1, 2_000), () => fail(true));
      case 2:
        timeline.after(timeline.between(1, 2_000), send);
        return timeline.after(REQUEST_TIMEOUT_MS, () => fail(true));
      default:
        // It was on its way when we stopped waiting.
        timeline.after(timeline.between(1, REQUEST_TIMEOUT_MS + 5_000), send);
        return timeline.after(timeline.between(1, REQUEST_TIMEOUT_MS), () => fail(true));
    }
  }
  timeline.after(timeline.between(5, 100), () => {
    const answer = send();
    const seen = cluster.nodes.get(pod.metadata.uid)?.pod;
    timeline.after(timeline.between(5, 100), () => {
      const { now } = timeline;
      const result =
        answer === 'accepted'
          ? { kind: 'accepted' as const }
          : {
              kind: 'refused' as const,
              reason: answer === 'podGone' ? ('PodGone' as const) : ('PolicyDenied' as const),
              message: 'no',
            };
      const activity = { kind: 'done' as const, at: now, result };
      const visible = answer === 'accepted' ? seen : undefined;
      learn.record(id, kind === 'inject' ? { inject: activity } : { reap: activity }, visible);
    });
  });
}

function planOf(
  experiment: ChaosExperiment,
  effect: Effect & { kind: 'inject' | 'reap' },
): ContainerPlan {
  const { status, metadata } = experiment;
  if (!hasStarted(status)) throw new Error('an effect before the write-ahead');
  const { container, handle } = status.run;
  const entry = status.pods?.find(({ uid }) => uid === shortUid(effect.pod)) ?? {};
  const { startBefore, deadline, duration } = timesOf(entry, runTimes(status));
  return {
    name: effect.kind === 'inject' ? container : reaperName(container, effect.n),
    mode: effect.kind === 'inject' ? 'run' : 'reap',
    uid: metadata.uid,
    attempt: status.attempt,
    handle,
    startBefore,
    deadline,
    durationMs: duration,
  };
}

function readLog(cluster: Cluster, pod: Pod, before: PodActivity, learn: Learn): void {
  const { timeline, scenario } = cluster;
  const id = shortUid(pod);
  const node = cluster.nodes.get(pod.metadata.uid);
  let open = true;
  const close = (activity: PodActivity['proof']) => {
    if (!open) return;
    open = false;
    node?.listeners.delete(listen);
    learn.record(id, { proof: activity });
  };
  const giveUp = () => close(failed(cluster, before.proof));
  const unstarted = () => close({ ...failed(cluster, before.proof), unstarted: true });
  const listen = () => {
    const proof = node && readProof(node, timeline.now);
    if (proof === undefined) return node?.alive ? undefined : giveUp();
    timeline.after(timeline.between(1, 100), () => {
      close({ kind: 'done', at: timeline.now, result: { ...proof, readAt: timeline.now } });
    });
  };
  if (
    node === undefined ||
    scenario.logsFail ||
    timeline.chance(scenario.badWeather) ||
    !node.reachable
  )
    return timeline.after(timeline.between(1, 5_000), giveUp);
  if (node.log.length === 0) return timeline.after(timeline.between(1, 100), unstarted);
  node.listeners.add(listen);
  timeline.after(timeline.between(1, 100), listen);
  timeline.after(LOG_TIMEOUT_MS, giveUp);
}

/** What the log has proven so far; undefined while it may still say more. */
function readProof({ log }: Node, readAt: number) {
  const said = (event: string) => log.find((line) => line.event === event)?.epochMs;
  const startedAtMs = said('start');
  const appliedAtMs = said('applied');
  if (appliedAtMs === undefined && said('report') === undefined) return undefined;
  return {
    readAt,
    ...(startedAtMs !== undefined && { startedAtMs }),
    ...(appliedAtMs !== undefined && { appliedAtMs }),
  };
}

function stop(cluster: Cluster, pod: Pod, before: PodActivity, learn: Learn): void {
  const { timeline, scenario } = cluster;
  const id = shortUid(pod);
  const node = cluster.nodes.get(pod.metadata.uid);
  const fail = (denied: boolean) =>
    learn.record(id, { stop: failed(cluster, before.stop, denied) });
  if (scenario.execDenied) return timeline.after(timeline.between(1, 50), () => fail(true));
  if (scenario.execFails || node === undefined || !node.reachable)
    return timeline.after(timeline.between(1, EXEC_TIMEOUT_MS), () => fail(false));
  const lost = timeline.chance(scenario.badWeather);
  const arrives = !lost || timeline.chance(0.5);
  timeline.after(timeline.between(5, 300), () => {
    const told = arrives && node.stop();
    if (lost || !told) return timeline.after(timeline.between(1, 50), () => fail(false));
    let open = true;
    const answer = () => {
      if (!open) return;
      open = false;
      node.listeners.delete(listen);
      if (!node.alive) return fail(false);
      const result = node.report === undefined ? {} : { report: node.report };
      learn.record(id, { stop: { kind: 'done', at: timeline.now, result } });
    };
    const listen = () => {
      if (node.report !== undefined || !node.alive) timeline.after(timeline.between(1, 50), answer);
    };
    node.listeners.add(listen);
    timeline.after(REPORT_PATIENCE_MS, answer);
  });
}
