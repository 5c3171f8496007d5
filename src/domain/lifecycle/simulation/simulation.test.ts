import fc from 'fast-check';
import { expect, it } from 'vitest';
import type {
  ChaosExperimentStatus,
  PodStatusEntry,
} from '../../../api/v1alpha1/chaos-experiment.generated.ts';
import { isFinal, PHASES } from '../../../api/v1alpha1/phases.ts';
import { T0 } from '../experiment.builder.ts';
import { isSettled } from '../pod-case.ts';
import { Cluster } from './cluster.ts';
import { checkDecision } from '../decision.checks.ts';
import { Controller } from './controller.ts';
import type { Node } from './node.ts';
import { calm, calmPod, type PodScript, scenario, type Scenario } from './scenario.ts';
import { Timeline } from './timeline.ts';

/** What a run may take beyond its deadline and the last thing that disturbed it: patience, grace and timeouts together. */
const SLACK_MS = 400_000;

function simulate(script: Scenario): Cluster {
  const timeline = new Timeline(T0, script.seed);
  const cluster = new Cluster(timeline, script);
  new Controller(cluster, checkDecision);
  const { durationMs, injectionTimeoutMs, restarts, blind, unheard, pods } = script;
  const disturbed = Math.max(
    durationMs + injectionTimeoutMs,
    ...restarts.map(({ atMs, downMs }) => atMs + downMs + injectionTimeoutMs + durationMs),
    ...[blind, unheard].map((spell) =>
      spell === undefined ? 0 : spell.atMs + spell.forMs + injectionTimeoutMs + durationMs,
    ),
    ...pods.map(({ imageFromMs }) => imageFromMs),
  );
  const turns = script.targets.sequence === 'serial' ? pods.length : 1;
  const end = T0 + turns * (disturbed + SLACK_MS);
  for (let steps = 0; timeline.step(end); steps += 1) {
    if (steps > 100_000) throw new Error('it never comes to rest');
    checkWorld(cluster);
  }
  checkOutcome(cluster);
  return cluster;
}

function entriesWithNodes({ experiment, nodes, history }: Cluster) {
  const status = experiment?.status ?? history.at(-1);
  return (status?.pods ?? []).map((entry) => {
    const node = [...nodes].find(([uid]) => uid.startsWith(entry.uid))?.[1];
    if (node === undefined) throw new Error('an entry without a pod');
    return { entry, node };
  });
}

/** What status says of settled pods is true from then on. */
function checkWorld(cluster: Cluster): void {
  for (const { entry, node } of entriesWithNodes(cluster)) {
    const clean = isSettled(entry) && entry.state !== 'Abandoned' && entry.state !== 'Unknown';
    if (clean && node.fault) throw new Error(`a fault in a pod that is ${describe(entry)}`);
    if (entry.applied !== undefined && node.truth.appliedAt === undefined)
      throw new Error(`a proof of nothing: ${describe(entry)}`);
  }
  for (const node of cluster.nodes.values()) {
    const agents = node.pod.ephemeralContainers.filter(({ name }) => !/-r\d$/.test(name));
    if (agents.length > 1) throw new Error('two agents in one pod');
  }
}

function checkOutcome(cluster: Cluster): void {
  const { history, scenario: script, experiment } = cluster;
  const last = history.at(-1);
  if (script.ending?.kind === 'delete')
    expect(experiment, 'the experiment is gone').toBeUndefined();
  else expect(experiment?.metadata.finalizers ?? []).toEqual([]);
  checkPhases(history);
  if (last?.startTime === undefined) return;
  expect(isFinal(last.phase), `a final phase, not ${last.phase}`).toBe(true);
  for (const { entry, node } of entriesWithNodes(cluster)) {
    const pod = script.pods[Number(entry.name.slice('web-'.length))];
    if (pod === undefined) throw new Error('an entry without a script');
    const { appliedAt = 0, endedAt = 0 } = node.truth;
    if (entry.state === 'Recovered' && entry.reason === 'Elapsed')
      expect(endedAt - appliedAt).toBeGreaterThanOrEqual(script.durationMs);
    if (
      !isCalm(script) ||
      pod.silent !== 'never' ||
      pod.refused !== 'never' ||
      pod.startDelayMs >= 30_000
    )
      continue;
    if (pod.failingReapers < 2) expect(['Recovered', 'Failed', 'Gone']).toContain(entry.state);
    if (pod.deletedAtMs !== undefined) continue;
    const startBefore = Date.parse(last.run?.startBefore ?? '') + (entry.batch ?? 0);
    if (pod.failingReapers === 0 && script.restarts.length === 0)
      checkPromptness(script, pod, node, startBefore);
    const inTime = appliedAt > 0 && appliedAt < startBefore - 3_000;
    if (node.truth.lostAt !== undefined || pod.revertFails || !inTime) continue;
    const reasons = history.flatMap(({ pods = [] }) =>
      pods.filter(({ uid }) => uid === entry.uid).map(({ reason }) => reason),
    );
    expect(reasons, 'a healthy agent is believed').not.toContain('Unproven');
    if (script.ending === undefined) expect(['Elapsed', 'Deadline']).toContain(entry.reason);
  }
}

/** Everything works but what the pods' scripts say, and the controller's own life. */
function isCalm(script: Scenario): boolean {
  const { badWeather, logsFail, execDenied, execFails, blind, unheard } = script;
  const seesAll = blind === undefined && unheard === undefined;
  return badWeather === 0 && !logsFail && !execDenied && !execFails && seesAll;
}

/**
 * A fault that nothing in the pod ends is ended within 30 s by the node's clock; one that the user ends, within 5 s. An
 * agent that was lost before it could prove its fault is waited for until then.
 */
function checkPromptness(
  { ending, durationMs }: Scenario,
  { skewMs }: PodScript,
  { truth }: Node,
  startBefore: number,
): void {
  const { appliedAt, endedAt = Number.POSITIVE_INFINITY, lostAt } = truth;
  if (appliedAt === undefined) return;
  const askedAt = ending === undefined ? Number.POSITIVE_INFINITY : T0 + ending.atMs;
  const dueAt = truth.dueAt ?? appliedAt + durationMs;
  if (lostAt === undefined)
    expect(endedAt).toBeLessThan(Math.max(appliedAt, Math.min(askedAt, dueAt)) + 5_000);
  else {
    const missedAt = Math.max(lostAt, truth.dueAt ?? Math.max(dueAt, startBefore));
    expect(endedAt).toBeLessThan(missedAt + 30_000 + Math.max(0, skewMs));
  }
}

/** The phases that were written go forward, start once, and end with what the entries say. */
function checkPhases(history: readonly ChaosExperimentStatus[]): void {
  const starts = new Set(history.flatMap(({ startTime }) => startTime ?? []));
  expect(starts.size).toBeLessThanOrEqual(1);
  let past = 0;
  for (const { phase, pods = [], startTime } of history) {
    if (phase === undefined) throw new Error('a status without a phase');
    expect(PHASES.indexOf(phase), phase).toBeGreaterThanOrEqual(past);
    past = PHASES.indexOf(phase);
    if (startTime === undefined || !isFinal(phase)) continue;
    expect(pods.every(isSettled)).toBe(true);
    const injected = pods.some(({ applied }) => applied !== undefined);
    if (phase === 'Completed') expect(injected, 'completed with a fault').toBe(true);
    if (phase === 'Failed') expect(injected, 'failed without a fault').toBe(false);
  }
}

const describe = ({ name, state, reason }: PodStatusEntry) => `${name} ${state} (${reason})`;

it('whatever happens, a run ends, says what is true, and leaves nothing that it does not name', () => {
  fc.assert(
    fc.property(scenario, (script) => {
      simulate(script);
    }),
    // A busy machine looks less far, not longer.
    { numRuns: 300, interruptAfterTimeLimit: 5_000 },
  );
}, 30_000);

it('the fault of an agent that is frozen at any moment is taken away in time', () => {
  const frozen = fc.record({
    seed: fc.integer(),
    durationMs: fc.integer({ min: 1_000, max: 60_000 }),
    freezesAfterMs: fc.integer({ min: 0, max: 70_000 }),
  });
  fc.assert(
    fc.property(frozen, ({ seed, durationMs, freezesAfterMs }) => {
      simulate({ ...calm, seed, durationMs, pods: [{ ...calmPod, freezesAfterMs }] });
    }),
    { numRuns: 200, interruptAfterTimeLimit: 5_000 },
  );
}, 30_000);

it('a run in which nothing goes wrong is Completed, and its fault was there for its time', () => {
  const { history, nodes } = simulate(calm);
  expect(history.map(({ phase }) => phase)).toEqual([
    'Injecting',
    'Injecting',
    'Running',
    'Completed',
  ]);
  const [node] = nodes.values();
  const { appliedAt = 0, endedAt = 0 } = node?.truth ?? {};
  expect(endedAt - appliedAt).toBeGreaterThanOrEqual(calm.durationMs);
});
