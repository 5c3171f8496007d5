import { beforeAll, expect, test } from 'vitest';
import { awaitCondition } from '../../support/await-condition.ts';
import { binomialRange } from '../../support/binomial.ts';
import type { SpecParts } from '../../support/experiment.ts';
import type { Fault, Turn } from '../../support/fault-timeline.ts';
import { during, median } from '../../support/series.ts';
import { type TestPod, useSuite } from '../../support/suite.ts';
import { type Delivery, measure } from '../../support/traffic.ts';

const suite = useSuite('impairments-in-time');

let partner: TestPod;

beforeAll(async () => {
  partner = await suite.newPod('partner');
});

/** How much later than asked an agent on an emulated node may turn its fault, in milliseconds. */
const LATE_MS = 1_000;

/**
 * Packets this close to a turn, in milliseconds, belong to neither side of it: as long may an emulated node let the sender
 * stand between its clock and its socket, or the watch between the kernel's word of the turn and its clock.
 */
const EDGE_MS = 150;

interface Seen {
  readonly flow: Delivery;
  readonly fault: Fault;
  /** What turned the fault while it was held, in order, without what its install has set. */
  readonly turns: readonly Turn[];
  readonly pod: TestPod;
}

/** Runs an experiment to its own end under a flow that began with it and outlasts it. */
async function watched(
  name: string,
  seconds: number,
  spec: Omit<SpecParts, 'targets' | 'duration'>,
): Promise<Seen> {
  const pod = await suite.newPod(name);
  const before = await suite.watch.residue(pod.ip);
  const ends = [suite.endpoint(pod), suite.endpoint(partner)] as const;
  expect((await measure(...ends, { packets: 400, rate: 400 })).lost).toBe(0);
  const experiment = await suite.experiment(name, {
    targets: { podNames: [name] },
    duration: `${seconds}s`,
    direction: 'egress',
    ...spec,
  });
  const held = () => suite.watch.turns(pod.ip).length > 0;
  await awaitCondition('the fault is there', held, { withinMs: 90_000, everyMs: 20 });
  const flow = await measure(...ends, {
    packets: 400 * (seconds + 4),
    rate: 400,
    record: true,
  });
  await experiment.phase('Completed');
  expect(await suite.watch.residue(pod.ip)).toBe(before);
  const [fault] = suite.watch.faults(pod.ip);
  if (fault === undefined) throw new Error(`no fault was seen in ${name}`);
  const [, ...turns] = suite.watch.turns(pod.ip);
  return { flow, fault, turns, pod };
}

/** What became of packets between two moments of the fault, a little away from both. */
function between({ flow }: Seen, from: number, to: number) {
  return during(flow, from + EDGE_MS, to - EDGE_MS);
}

function expectLoss({ sent, lost }: ReturnType<typeof between>, percentage: number): void {
  expect(sent, 'packets were sent').toBeGreaterThan(20);
  const { low, high } = binomialRange(sent, percentage / 100);
  expect(lost).toBeGreaterThanOrEqual(low);
  expect(lost).toBeLessThanOrEqual(high);
}

const expectAbout = (ms: number, askedMs: number) => {
  expect(ms).toBeGreaterThan(askedMs - LATE_MS);
  expect(ms).toBeLessThan(askedMs + LATE_MS);
};

test.concurrent('a profile changes the fault at its times, and what a step does not name stays', async () => {
  const seen = await watched('profile', 14, {
    lossPercentage: 10,
    profile: [
      { at: '5s', lossPercentage: 40 },
      { at: '10s', lossPercentage: 0, latency: '30ms' },
    ],
  });
  const { fault, turns } = seen;
  console.log('profile: turned at', turns.map(({ at }) => Math.round(at - fault.from)).join(', '));
  expect(turns.map(({ priority, deleted }) => [priority, deleted])).toEqual([
    [15, false],
    [14, false],
  ]);
  const [first, second] = turns.map(({ at }) => at) as [number, number];
  expectAbout(first - fault.from, 5_000);
  expectAbout(second - first, 5_000);
  // The end of the fault does not depend on its steps.
  expectAbout(fault.to! - fault.from, 14_000);

  const begun = seen.flow.startMs;
  const parts = [
    between(seen, begun, first),
    between(seen, first, second),
    between(seen, second, fault.to!),
    between(seen, fault.to!, seen.flow.endMs),
  ] as const;
  expectLoss(parts[0], 10);
  expectLoss(parts[1], 40);
  expectLoss(parts[2], 0);
  expectLoss(parts[3], 0);
  const [early, , late, after] = parts.map(({ delaysUs }) => median(delaysUs));
  expect(Math.abs(late! - early! - 30_000)).toBeLessThan(1_000 + 600);
  expect(after!).toBeLessThan(early! + 5_000);
});

test.concurrent('pulses let the fault come and go', async () => {
  const seen = await watched('pulses', 11, {
    action: 'pod-network-partition',
    pulses: { active: '2s', paused: '2s' },
    safety: { allowHighLoss: true },
  });
  const { fault, turns, flow } = seen;
  console.log('pulses: turned at', turns.map(({ at }) => Math.round(at - fault.from)).join(', '));
  expect(turns.map(({ priority, deleted }) => [priority, deleted])).toEqual([
    [1, false],
    [1, true],
    [1, false],
    [1, true],
    [1, false],
  ]);
  const [away, back, awayAgain, backAgain, awayAtLast] = turns.map(({ at }) => at) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const edges = [fault.from, away, back, awayAgain, backAgain, awayAtLast];
  for (const [index, at] of edges.entries()) {
    const next = edges[index + 1];
    if (next !== undefined) expectAbout(next - at, 2_000);
  }
  // Times do not add up what each pulse was late.
  expectAbout(awayAtLast - fault.from, 10_000);
  expectAbout(fault.to! - fault.from, 11_000);

  for (const [from, to] of [
    [flow.startMs, away],
    [back, awayAgain],
    [backAgain, awayAtLast],
  ] as const) {
    expectLoss(between(seen, from, to), 100);
  }
  for (const [from, to] of [
    [away, back],
    [awayAgain, backAgain],
    [awayAtLast, fault.to!],
    [fault.to!, flow.endMs],
  ] as const) {
    expectLoss(between(seen, from, to), 0);
  }
});
