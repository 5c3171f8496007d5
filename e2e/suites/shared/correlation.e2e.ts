import { expect, test } from 'vitest';
import { correlatedRange } from '../../support/binomial.ts';
import { condition } from '../../support/experiment.ts';
import { useSuite } from '../../support/suite.ts';
import { type Delivery, measure } from '../../support/traffic.ts';

const suite = useSuite('correlation');

const LOSS = 0.2;

function expectMeanLoss({ sent, lost }: Delivery, correlation: number): void {
  const { low, high } = correlatedRange(sent, LOSS, correlation);
  expect(lost).toBeGreaterThanOrEqual(low);
  expect(lost).toBeLessThanOrEqual(high);
}

const meanBurst = ({ lost, bursts }: Delivery) => lost / bursts;

test('correlation 50 keeps the mean loss and makes bursts of the length that the model says', async () => {
  const pod = await suite.newPod('fifty');
  const experiment = await suite.experiment('fifty', {
    targets: { podNames: ['fifty'] },
    duration: '2m',
    lossPercentage: 100 * LOSS,
    correlation: 50,
  });
  const { run } = await experiment.phase('Running');
  expect(run?.netem).toEqual(['limit 100000 loss gemodel 10% 40%']);

  const [egress, ingress] = await Promise.all([
    measure(suite.endpoint(pod), suite.host),
    measure(suite.host, suite.endpoint(pod)),
  ]);
  const burst = 1 / ((1 - LOSS) * (1 - 0.5));
  for (const flow of [egress, ingress]) {
    expectMeanLoss(flow, 0.5);
    expect(meanBurst(flow)).toBeGreaterThan(0.85 * burst);
    expect(meanBurst(flow)).toBeLessThan(1.15 * burst);
  }
  expect(
    suite.watch
      .active(pod.ip)
      .map(({ direction }) => direction)
      .sort(),
  ).toEqual(['egress', 'ingress']);
});

test('without correlation bursts are as short as chance makes them', async () => {
  const pod = await suite.newPod('none');
  const experiment = await suite.experiment('none', {
    targets: { podNames: ['none'] },
    duration: '2m',
    direction: 'egress',
    lossPercentage: 100 * LOSS,
  });
  await experiment.phase('Running');
  const flow = await measure(suite.endpoint(pod), suite.host);
  expectMeanLoss(flow, 0);
  const burst = 1 / (1 - LOSS);
  expect(meanBurst(flow)).toBeGreaterThan(0.95 * burst);
  expect(meanBurst(flow)).toBeLessThan(1.05 * burst);
});

test('correlation 100 is realised as 99, and status says so', async () => {
  const pod = await suite.newPod('hundred');
  const experiment = await suite.experiment('hundred', {
    targets: { podNames: ['hundred'] },
    duration: '2m',
    direction: 'egress',
    lossPercentage: 100 * LOSS,
    correlation: 100,
  });
  const status = await experiment.phase('Running');
  expect(status.run?.netem).toEqual(['limit 100000 loss gemodel 0.2% 0.8%']);
  expect(condition(status, 'Degraded')).toMatchObject({
    status: 'True',
    reason: 'CorrelationLimited',
  });
  expect(condition(status, 'Degraded')?.message).toContain('99');

  const flow = await measure(suite.endpoint(pod), suite.host, { packets: 40_000 });
  expectMeanLoss(flow, 0.99);
  // The model says 125 packets; 40,000 packets hold about 64 bursts, so their mean has a deviation of 16.
  expect(meanBurst(flow)).toBeGreaterThan(50);
  expect(meanBurst(flow)).toBeLessThan(250);
});
