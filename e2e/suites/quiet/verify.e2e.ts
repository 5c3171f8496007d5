import { expect, test } from 'vitest';
import { nodeAtRest } from '../../support/lab.ts';
import { useSuite } from '../../support/suite.ts';

const suite = useSuite('verify');

const milliseconds = (text: string | undefined) =>
  Number(/^([0-9.]+)ms$/.exec(text ?? '')?.[1] ?? Number.NaN);

test('a connection is checked before, while and after the target has its fault, and its time is told', async () => {
  const [pod, peer] = await suite.pods(['checked', 'peer'], { labels: { app: 'checked' } });
  const before = await suite.watch.residue(pod!.ip);
  // The time of a connection has the start of two processes in it.
  await nodeAtRest();
  const experiment = await suite.experiment('checked', {
    action: 'pod-network-delay',
    targets: { podNames: ['checked'] },
    duration: '8s',
    direction: 'egress',
    latency: '900ms',
    verify: { host: peer!.ip, port: 7001, timeoutSeconds: 3 },
  });
  const status = await experiment.ended();
  expect(status.phase).toBe('Completed');
  const { verified } = status.pods![0]!;
  console.log(`verify: ${JSON.stringify(verified)}`);
  const [first, held, last] = [verified?.before, verified?.during, verified?.after].map(
    milliseconds,
  );
  // The SYN waits that long.
  expect(held!).toBeGreaterThanOrEqual(900);
  expect(held! - first!).toBeGreaterThan(600);
  expect(held! - last!).toBeGreaterThan(600);
  expect(await suite.watch.residue(pod!.ip)).toBe(before);
});

test('of a connection that fails, that is told, and nothing depends on it', async () => {
  await suite.newPod('alone');
  const experiment = await suite.experiment('alone', {
    action: 'pod-network-partition',
    targets: { podNames: ['alone'] },
    duration: '5s',
    safety: { allowHighLoss: true },
    verify: { host: 'nobody.invalid', port: 80 },
  });
  const status = await experiment.ended();
  expect(status).toMatchObject({
    phase: 'Completed',
    pods: [{ state: 'Recovered', verified: { before: 'the name does not resolve' } }],
  });
});
