import { beforeAll, describe, expect, test } from 'vitest';
import { binomialRange, correlatedRange } from '../../support/binomial.ts';
import type { SpecParts } from '../../support/experiment.ts';
import { whileHeld } from '../../support/held.ts';
import { PodPool } from '../../support/pod-pool.ts';
import { delaysOf, HEADERS, median, quantile, rateOf } from '../../support/series.ts';
import { type TestPod, useSuite } from '../../support/suite.ts';
import { type Delivery, type FlowOptions, measure } from '../../support/traffic.ts';

const suite = useSuite('impairments');

/** Beside the pod that is hit: the other end of its flows, and somebody with whom that one talks too. */
let partner: TestPod;
let bystander: TestPod;

beforeAll(async () => {
  [partner, bystander] = (await suite.pods(['partner', 'bystander'])) as [TestPod, TestPod];
});

const WAYS = ['egress', 'ingress'] as const;
type Way = (typeof WAYS)[number];
type Flows = Readonly<Record<Way | 'aside', Delivery>>;

/** All in the same seconds: from the pod and to it, and past it on the same node. */
async function flows(pod: TestPod, options: FlowOptions): Promise<Flows> {
  const [hit, other, third] = [pod, partner, bystander].map((one) => suite.endpoint(one));
  const [egress, ingress, aside] = await Promise.all([
    measure(hit!, other!, options),
    measure(other!, hit!, options),
    measure(other!, third!, { ...options, duplicates: false }),
  ]);
  return { egress, ingress, aside };
}

function expectShare(count: number, of: number, percentage: number): void {
  const { low, high } = binomialRange(of, percentage / 100);
  expect(count).toBeGreaterThanOrEqual(low);
  expect(count).toBeLessThanOrEqual(high);
}

/** Nothing that any impairment does to packets but hold them. */
function expectIntact(...deliveries: readonly Delivery[]): void {
  const what = deliveries.map((one) => [one.lost, one.duplicates, one.corrupted]);
  expect(what, 'lost, doubled, changed').toEqual(deliveries.map(() => [0, 0, 0]));
  // A few overtake each other between the node's processors, without any fault.
  for (const { reordered, sent } of deliveries) expect(reordered / sent).toBeLessThan(0.02);
}

const delay = (flow: Delivery) => median(delaysOf(flow));

const pool = new PodPool(suite, 'pod', 1);

/**
 * A pod of the pool under a fault: measured before it and during it, and intact again afterwards. The bystander's flow
 * stays intact throughout.
 *
 * @param words some of what netem must have been told
 */
function impaired(
  name: string,
  spec: Omit<SpecParts, 'targets' | 'duration'>,
  words: string,
  options: FlowOptions,
  check: (during: Flows, before: Flows, pod: TestPod) => void | Promise<void>,
): Promise<void> {
  return pool.lend(async ([pod]) => {
    if (pod === undefined) throw new Error('no pod was lent');
    const quick = { packets: 200, rate: 500, record: true };
    const before = await flows(pod, quick);
    expectIntact(...Object.values(before));
    await whileHeld(suite, pod, name, spec, async ({ run }) => {
      expect(run?.netem.join()).toContain(words);
      const during = await flows(pod, options);
      expectIntact(during.aside);
      await check(during, before, pod);
    });
    const after = await flows(pod, quick);
    expectIntact(...Object.values(after));
    for (const way of WAYS) expect(delay(after[way])).toBeLessThan(delay(before[way]) + 5_000);
  });
}

/** How far a median may be from what was asked, in microseconds: 1 ms and 2 %. */
const tolerance = (askedUs: number) => 1_000 + 0.02 * askedUs;

const timed = { packets: 1_000, rate: 500, record: true };

describe('latency', () => {
  test.concurrent.each([
    ['0.5ms', 500],
    ['20ms', 20_000],
    ['250ms', 250_000],
  ])('of %s is what each packet has, both ways, and none is lost', (latency, us) =>
    impaired(
      `latency-${us}`,
      { action: 'pod-network-delay', latency },
      `delay ${us}us`,
      timed,
      (during, before) => {
        const added = WAYS.map((way) => delay(during[way]) - delay(before[way]));
        const aside = delay(during.aside) - delay(before.aside);
        console.log(
          `latency ${latency}: medians are ${added.join(' and ')} us above those before; the bystander's ${aside} us`,
        );
        for (const [index, way] of WAYS.entries()) {
          expectIntact(during[way]);
          expect(Math.min(...delaysOf(during[way]))).toBeGreaterThanOrEqual(us);
          expect(Math.abs(added[index]! - us)).toBeLessThanOrEqual(tolerance(us));
        }
        expect(aside).toBeLessThan(Math.max(1_000, us / 2));
      },
    ),
  );
});

describe('jitter', () => {
  // Packets so far apart that none waits for the one before it: what is seen is the distribution itself.
  const apart = { packets: 640, rate: 40, record: true };
  /** Median and distance between the quartiles, for a jitter of 1; of all but uniform, from the tables of iproute2. */
  const SHAPES = {
    uniform: { median: 0, quartiles: 1 },
    normal: { median: 0, quartiles: 1.349 },
    pareto: { median: -0.32, quartiles: 0.649 },
    paretonormal: { median: -0.24, quartiles: 0.824 },
  } as const;
  const quartiles = (delays: readonly number[]) => quantile(delays, 0.75) - quantile(delays, 0.25);

  test.concurrent.each([
    ['4ms', 'uniform', 4_000],
    ['6ms', 'normal', 6_000],
    ['12ms', 'uniform', 12_000],
    ['5ms', 'pareto', 5_000],
    ['7ms', 'paretonormal', 7_000],
  ] as const)('of %s, %s, spreads the latency that far', (jitter, distribution, us) =>
    impaired(
      `jitter-${us}`,
      { action: 'pod-network-delay', latency: '40ms', jitter, distribution },
      `delay 40000us ${us}us`,
      apart,
      (during) => {
        // Seldom packets find a processor asleep: what that adds, the bystander's have as well.
        const aside = delaysOf(during.aside);
        for (const way of WAYS) {
          const middle = delay(during[way]) - median(aside);
          const spread = quartiles(delaysOf(during[way]));
          const centre = 40_000 + SHAPES[distribution].median * us;
          const wanted = SHAPES[distribution].quartiles * us;
          console.log(
            `jitter ${jitter} ${distribution}, ${way}: median ${middle} us above the bystander's (${centre}), quartiles ${spread} us apart ` +
              `(${wanted}; the bystander's ${quartiles(aside)})`,
          );
          expectIntact(during[way]);
          // 640 packets: 4.4 standard errors of the median and of the quartiles' distance, in units of the jitter, are
          // 0.15 and 0.2 of uniform and normal, 0.1 and 0.2 of the others.
          expect(Math.abs(middle - centre)).toBeLessThan(tolerance(40_000) + 0.15 * us);
          expect(Math.abs(spread - wanted)).toBeLessThan(0.2 * us + 500 + quartiles(aside));
        }
      },
    ),
  );

  test.concurrent('keeps the order of packets that are closer to each other than it is wide', () =>
    impaired(
      'jitter-order',
      { action: 'pod-network-delay', latency: '20ms', jitter: '10ms' },
      'delay 20000us 10000us',
      { packets: 2_000, rate: 1_000, record: true },
      (during) => expectIntact(during.egress, during.ingress),
    ));
});

describe('duplicates', () => {
  const options = { packets: 10_000, rate: 2_500, duplicates: true };
  test.concurrent.each([1, 10, 40])('%i percent of the packets come twice', (share) =>
    impaired(
      `duplicate-${share}`,
      { action: 'pod-network-duplicate', duplicatePercentage: share },
      `duplicate ${share}%`,
      options,
      (during) => {
        for (const way of WAYS) {
          expect(during[way].lost).toBe(0);
          expectShare(during[way].duplicates, during[way].sent, share);
        }
      },
    ),
  );
});

describe('corruption', () => {
  const size = 1_000;
  const options = { packets: 8_000, rate: 2_000, size, unchecked: true };
  const bits = 8 * (size + HEADERS);
  /**
   * The one bit that is changed does no harm in the sender's UDP port. On the way out none in the sender's hardware
   * address either, nor the one that makes a frame multicast; on the way in the frame's whole header has been read.
   */
  const harmless = { egress: 16 + 47 + 1, ingress: 16 + 8 * 14 };

  // One after another: a changed checksum counts as a packet that the receiver's socket dropped, in others' flows as well.
  test.each([1, 5, 20])('changes %i percent of the packets', (share) =>
    impaired(
      `corrupt-${share}`,
      { action: 'pod-network-corruption', corruptPercentage: share },
      `corrupt ${share}%`,
      options,
      (during) => {
        for (const way of WAYS) {
          const { sent, lost, corrupted } = during[way];
          expectShare(lost, sent, share * (1 - harmless[way] / bits));
          // The rest did not come at all, for its IP header was wrong.
          expectShare(corrupted, sent, (share * 8 * size) / bits);
        }
      },
    ),
  );
});

describe('reordering', () => {
  test.concurrent.each([10, 25, 60])('%i percent of the packets do not wait', (share) =>
    impaired(
      `reorder-${share}`,
      { action: 'pod-network-reorder', latency: '50ms', reorderPercentage: share },
      `reorder ${share}%`,
      { packets: 3_000, rate: 1_000, record: true },
      (during, before) => {
        for (const way of WAYS) {
          const delays = delaysOf(during[way]);
          const early = delays.filter((one) => one < delay(before[way]) + 25_000).length;
          expect(during[way].lost).toBe(0);
          expectShare(early, during[way].sent, share);
          expect(during[way].reordered).toBeGreaterThan(0.2 * during[way].sent);
        }
      },
    ),
  );
});

describe('rate', () => {
  test.concurrent.each([
    ['100kbit', 100_000, 40, 100],
    ['1mbit', 1_000_000, 300, 1_000],
    ['10mbit', 10_000_000, 1_000, 3_000],
  ])('of %s is what passes, and what is above it waits', (rate, bitsPerSecond, packets, pps) =>
    impaired(
      `rate-${rate}`,
      { action: 'pod-network-bandwidth', rate },
      `rate ${bitsPerSecond}bit`,
      { packets, rate: pps, size: 1_000, record: true },
      (during) => {
        const passed = WAYS.map((way) => rateOf(during[way], 1_000));
        console.log(`rate ${rate}: ${passed.map((one) => Math.round(one)).join(' and ')} bit/s`);
        expectIntact(during.egress, during.ingress);
        for (const one of passed) {
          expect(Math.abs(one - bitsPerSecond)).toBeLessThan(0.05 * bitsPerSecond);
        }
      },
    ),
  );
});

test.concurrent('bursts are as long as lossBurst says, and the mean loss stays', () =>
  impaired(
    'burst',
    { lossPercentage: 10, lossBurst: 5 },
    'loss gemodel',
    { packets: 30_000, rate: 4_000 },
    (during) => {
      for (const way of WAYS) {
        const { sent, lost, bursts } = during[way];
        // Bursts of B have the autocorrelation of a chain with r = 1 / B and p = L / (B (1 - L)).
        const { low, high } = correlatedRange(sent, 0.1, 1 - 1 / 5 - 0.1 / (5 * 0.9));
        expect(lost).toBeGreaterThanOrEqual(low);
        expect(lost).toBeLessThanOrEqual(high);
        // About 600 bursts: 4.4 standard errors of their mean are 0.8 packets.
        expect(Math.abs(lost / bursts - 5)).toBeLessThan(0.8);
      }
    },
  ));

test.concurrent('delay and loss in one experiment are both as asked', () =>
  impaired(
    'both',
    { action: 'pod-network-delay', latency: '50ms', lossPercentage: 10 },
    'delay 50000us loss random 10%',
    { packets: 4_000, rate: 1_000, record: true },
    (during, before) => {
      for (const way of WAYS) {
        expectShare(during[way].lost, during[way].sent, 10);
        const added = delay(during[way]) - delay(before[way]);
        expect(Math.abs(added - 50_000)).toBeLessThan(tolerance(50_000));
      }
    },
  ));

test.concurrent('a partition on egress lets nothing out and everything in', () =>
  impaired(
    'partition',
    { action: 'pod-network-partition', direction: 'egress', safety: { allowHighLoss: true } },
    'loss random 100%',
    { packets: 500, rate: 1_000 },
    (during) => {
      expect(during.egress.received).toBe(0);
      expectIntact(during.ingress);
    },
  ));
