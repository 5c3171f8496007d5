import { describe, expect, test } from 'vitest';
import type { Direction } from '../../../src/api/v1alpha1/chaos-experiment.generated.ts';
import { binomialRange } from '../../support/binomial.ts';
import { counted, type Experiment } from '../../support/experiment.ts';
import { onNode } from '../../support/lab.ts';
import { PodPool } from '../../support/pod-pool.ts';
import { type TestPod, useSuite } from '../../support/suite.ts';
import { type Delivery, measure, stream } from '../../support/traffic.ts';

const suite = useSuite('loss');

const PACKETS = 20_000;
/** Packets a second of each flow: a few flows at once must not overrun an emulated node. */
const RATE = 2_500;
const EVERY_LOSS = [1, 5, 20, 40, 100] as const;

/** Packets of the pod that are not the test's, such as multicast reports: at most so many in a run. */
const STRAY_PACKETS = 30;

const impairs = (direction: Direction, way: 'egress' | 'ingress') =>
  direction === 'both' || direction === way;

function expectLoss({ sent, lost }: Delivery, percentage: number): void {
  const { low, high } = binomialRange(sent, percentage / 100);
  expect(lost).toBeGreaterThanOrEqual(low);
  expect(lost).toBeLessThanOrEqual(high);
}

/** Both directions at once, all within the time of the fault. */
async function measureBoth(pod: TestPod, options = { packets: PACKETS, rate: RATE }) {
  const endpoint = suite.endpoint(pod);
  const [egress, ingress] = await Promise.all([
    measure(endpoint, suite.host, options),
    measure(suite.host, endpoint, options),
  ]);
  expect(suite.watch.active(pod.ip), 'the fault outlasts the measurement').not.toEqual([]);
  return { egress, ingress };
}

/** Ends the run once it has been measured, and returns its last status. */
async function finish(experiment: Experiment, pod: TestPod) {
  await experiment.annotate({ 'squall.dev/stop': 'measured' });
  const status = await experiment.phase('Aborted');
  await suite.awaitClean(pod, 10_000);
  const entry = status.pods?.find(({ name }) => name === pod.name);
  if (entry === undefined) throw new Error(`no entry for ${pod.name}: ${JSON.stringify(status)}`);
  return { status, entry };
}

const single = new PodPool(suite, 'single', 1);

describe.each(['egress', 'ingress', 'both'] as const)('loss on %s', (direction) => {
  test.concurrent.each(EVERY_LOSS)(
    'of %i percent is what packets show, and what status shows',
    (loss) =>
      single.lend(async ([pod]) => {
        if (pod === undefined) throw new Error('no pod was lent');
        const before = await suite.watch.residue(pod.ip);
        const experiment = await suite.experiment(`${direction}-${loss}`, {
          targets: { podNames: [pod.name] },
          duration: '3m',
          direction,
          lossPercentage: loss,
          safety: { allowHighLoss: loss > 40 },
        });
        const running = await experiment.phase('Running');
        expect(running.summary).toMatchObject({ asked: `${loss}%`, pods: '1/1' });

        const flows = await measureBoth(pod);
        expectLoss(flows.egress, impairs(direction, 'egress') ? loss : 0);
        expectLoss(flows.ingress, impairs(direction, 'ingress') ? loss : 0);

        const { status, entry } = await finish(experiment, pod);
        let [lost, seen] = [0, 0];
        for (const way of ['egress', 'ingress'] as const) {
          if (!impairs(direction, way)) {
            expect(entry[way]).toBeUndefined();
            continue;
          }
          const counters = counted(entry, way);
          expect(counters.seen).toBeGreaterThanOrEqual(PACKETS);
          expect(counters.seen).toBeLessThanOrEqual(PACKETS + STRAY_PACKETS);
          expect(counters.lost).toBeGreaterThanOrEqual(flows[way].lost);
          expect(counters.lost).toBeLessThanOrEqual(flows[way].lost + STRAY_PACKETS);
          lost += counters.lost;
          seen += counters.seen;
        }
        expect(Number.parseFloat(status.summary?.observed ?? '')).toBeCloseTo(
          (100 * lost) / seen,
          1,
        );

        const after = { packets: 2_000, rate: RATE };
        const recovered = await Promise.all([
          measure(suite.endpoint(pod), suite.host, after),
          measure(suite.host, suite.endpoint(pod), after),
        ]);
        expect(recovered.map((flow) => flow.lost)).toEqual([0, 0]);
        expect(await suite.watch.residue(pod.ip)).toBe(before);
      }),
  );
});

test('a bystander loses nothing, in the same seconds and on the same node', async () => {
  const [hit, bystander] = await suite.pods(['hit', 'bystander'], {
    labels: { app: 'neighbours' },
  });
  const experiment = await suite.experiment('neighbours', {
    targets: { podNames: ['hit'] },
    duration: '3m',
    lossPercentage: 40,
  });
  await experiment.phase('Running');
  const options = { packets: PACKETS, rate: RATE };
  const [flows, out, into] = await Promise.all([
    measureBoth(hit!),
    measure(suite.endpoint(bystander!), suite.host, options),
    measure(suite.host, suite.endpoint(bystander!), options),
  ]);
  expectLoss(flows.egress, 40);
  expectLoss(flows.ingress, 40);
  expect([out.lost, into.lost]).toEqual([0, 0]);
  expect(suite.watch.faults(bystander!.ip)).toEqual([]);
  await finish(experiment, hit!);
});

test('IPv6 loses as much as IPv4', async () => {
  const pod = await suite.newPod('six');
  const experiment = await suite.experiment('six', {
    targets: { podNames: ['six'] },
    duration: '3m',
    lossPercentage: 20,
  });
  await experiment.phase('Running');
  const options = { packets: PACKETS, rate: RATE, family: 6 as const };
  const [egress, ingress] = await Promise.all([
    measure(suite.endpoint(pod), suite.host, options),
    measure(suite.host, suite.endpoint(pod), options),
  ]);
  expectLoss(egress, 20);
  expectLoss(ingress, 20);
  const { entry } = await finish(experiment, pod);
  expect(counted(entry, 'egress').lost).toBeGreaterThanOrEqual(egress.lost);
  expect(counted(entry, 'ingress').lost).toBeGreaterThanOrEqual(ingress.lost);
});

describe('TCP with segmentation offload', () => {
  test.each(['egress', 'ingress'] as const)(
    'on %s: the segments that both ends count are those that status shows',
    async (direction) => {
      const name = `tcp-${direction}`;
      const [pod, peer] = await suite.pods([name, `${name}-peer`]);
      const offload = await onNode(
        `nsenter --net=/var/run/netns/${suite.watch.namespaceOf(pod!.ip)} ethtool -k eth0 | grep -E '^(tcp|generic)-segmentation-offload'`,
      );
      expect(offload.match(/: on/g)).toHaveLength(2);
      const experiment = await suite.experiment(name, {
        targets: { podNames: [name] },
        duration: '3m',
        direction,
        lossPercentage: 2,
      });
      await experiment.phase('Running');
      const [from, to] = direction === 'egress' ? [pod!, peer!] : [peer!, pod!];
      const delivery = await stream(suite.endpoint(from), suite.endpoint(to), 10, 32 << 20);
      const { entry } = await finish(experiment, pod!);

      const { lost, seen } = counted(entry, direction);
      const lostSegments = delivery.segmentsSent - delivery.segmentsReceived;
      expect(delivery.retransmits).toBeGreaterThan(0);
      expect(lostSegments).toBeGreaterThan(0);
      expect(Math.abs(seen - delivery.segmentsSent)).toBeLessThanOrEqual(STRAY_PACKETS);
      expect(Math.abs(lost - lostSegments)).toBeLessThanOrEqual(STRAY_PACKETS);
      console.log(
        `TCP ${direction}: ${delivery.segmentsSent} segments in ${delivery.bytes} bytes, ${lostSegments} lost by both ` +
          `ends' count, status says ${lost}/${seen}`,
      );
    },
  );
});
