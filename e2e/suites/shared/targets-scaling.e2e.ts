import { beforeAll, expect, test } from 'vitest';
import type {
  ChaosExperimentStatus,
  Targets,
} from '../../../src/api/v1alpha1/chaos-experiment.generated.ts';
import { deploy, scale } from '../../support/deployment.ts';
import { START_MS } from '../../support/experiment.ts';
import { expectLosses, type Looks, lossOf } from '../../support/losses.ts';
import { type TestPod, useSuite } from '../../support/suite.ts';

const suite = useSuite('targets-scaling');

/** Room for pods to come, to be told of and to be measured on an emulated node, while the others keep their fault. */
const DURATION_MS = 130_000;

/**
 * So far from its time a fault may end beside other suites, where an agent waits for a processor; pods that join come
 * several times as late. How exact an end is on a quiet node is measured by the suite timing.
 */
const TOLERANCE_MS = 3_000;

/** No target: everybody's packets are counted with it. */
let aside: TestPod;

beforeAll(async () => {
  aside = await suite.newPod('aside');
});

/** What is lost on the way to the pods and back. */
function looks(pods: readonly TestPod[], percent: number): Looks {
  const other = suite.endpoint(aside);
  return Object.fromEntries(
    pods.flatMap((pod) => [
      [`from ${pod.name}`, [lossOf(suite.endpoint(pod), other), percent] as const],
      [`to ${pod.name}`, [lossOf(other, suite.endpoint(pod)), percent] as const],
    ]),
  );
}

/** Pods of one list that are not in the other. */
const without = (pods: readonly TestPod[], others: readonly TestPod[]) =>
  pods.filter(({ uid }) => !others.some((other) => other.uid === uid));

/** What is in the pod's network, but for the number that the node's end of its interface has. */
const networkOf = async ({ ip }: TestPod) =>
  (await suite.watch.residue(ip)).replaceAll(/@if\d+/g, '@node');

/** From when to when the one run that has hit the pod has had it, in milliseconds of the node's clock; NaN while it has. */
function spanOf({ ip, name }: TestPod): { from: number; to: number } {
  const faults = suite.watch.faults(ip);
  expect(new Set(faults.map(({ handle }) => handle)).size, `runs that hit ${name}`).toBe(1);
  return {
    from: Math.min(...faults.map(({ from }) => from)),
    to: Math.max(...faults.map(({ to }) => to ?? Number.NaN)),
  };
}

const entryOf = ({ uid }: TestPod, { pods = [] }: ChaosExperimentStatus) =>
  pods.find((entry) => uid.startsWith(entry.uid));

/** Of two pods that come while the fault is held, so many get it. */
const modes = [
  ['static', 'neither of two new ones gets it', 0],
  ['dynamic', 'one of two new ones gets it, as the count has room for one', 1],
] as const satisfies readonly (readonly [NonNullable<Targets['mode']>, string, number])[];

test.concurrent.each(modes)(
  'a %s run of a Deployment that shrinks and grows: the pod that goes is Gone, the others keep their fault, %s',
  async (mode, _it, joins) => {
    const app = `scaled-${mode}`;
    const first = await deploy(suite, app, 3);
    const before = new Map<string, string>();
    for (const pod of first) before.set(pod.uid, await networkOf(pod));
    await expectLosses(looks(first, 0));

    const experiment = await suite.experiment(mode, {
      targets: { workload: { kind: 'Deployment', name: app }, count: 3, mode },
      duration: `${DURATION_MS / 1_000}s`,
      lossPercentage: 100,
      safety: { allowHighLoss: true },
    });
    await experiment.until('all pods have their fault', ({ summary }) => summary?.injected === 3);
    await expectLosses(looks(first, 100));

    const kept = await scale(suite, app, 2);
    const [left, ...others] = without(first, kept);
    expect(others).toEqual([]);
    await experiment.until(
      'the pod that went is Gone',
      (status) => entryOf(left!, status)?.state === 'Gone',
    );
    await expectLosses(looks(kept, 100));

    const grown = await scale(suite, app, 4);
    const fresh = without(grown, first);
    expect(fresh).toHaveLength(2);
    await experiment.until(
      'as many new pods as there is room for have the fault',
      ({ summary }) => summary?.injected === 3 + joins,
    );
    const joined = fresh.filter(({ ip }) => suite.watch.active(ip).length > 0);
    expect(joined).toHaveLength(joins);
    const spared = without(fresh, joined);
    await expectLosses({ ...looks([...kept, ...joined], 100), ...looks(spared, 0) });
    for (const { ip, name } of [...kept, ...joined]) {
      expect(suite.watch.active(ip), `${name}: the fault outlasts the measurement`).not.toEqual([]);
    }

    const status = await experiment.ended(2 * START_MS);
    expect(status).toMatchObject({
      phase: 'Completed',
      summary: { injected: 3 + joins, recovered: 2 + joins, gone: 1, failed: 0 },
    });
    expect(status.pods).toHaveLength(3 + joins);
    expect(entryOf(left!, status)).toMatchObject({ state: 'Gone', reason: 'PodGone' });
    await expectLosses(looks(grown, 0));

    // Both the watch and the agents go by the node's clock.
    const appliedOf = (pod: TestPod) =>
      Date.parse(status.startTime!) + entryOf(pod, status)!.applied!;
    const runEnd = Math.min(...first.map(appliedOf)) + DURATION_MS;
    for (const pod of kept) {
      expect(Math.abs(spanOf(pod).to - appliedOf(pod) - DURATION_MS)).toBeLessThan(TOLERANCE_MS);
    }
    for (const pod of joined) expect(Math.abs(spanOf(pod).to - runEnd)).toBeLessThan(TOLERANCE_MS);
    const spans = [...kept, ...joined].map(spanOf);
    const applied = first.map(appliedOf);
    const apart = Math.max(...spans.map(({ to }) => to)) - Math.min(...spans.map(({ to }) => to));
    console.log(
      `${mode}: faults of ${spans.map(({ from, to }) => `${Math.round(to - from)} ms`).join(', ')}; ` +
        `ends ${Math.round(apart)} ms apart`,
    );
    // As far apart as the first ones began, each with the whole duration of its own.
    expect(apart).toBeLessThan(Math.max(...applied) - Math.min(...applied) + TOLERANCE_MS);
    for (const { ip } of spared) expect(suite.watch.faults(ip)).toEqual([]);
    for (const pod of kept) expect(await networkOf(pod)).toBe(before.get(pod.uid));
    for (const pod of fresh) expect(await networkOf(pod)).toBe(before.get(kept[0]!.uid));
  },
  600_000,
);
