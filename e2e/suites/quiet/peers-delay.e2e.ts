import { expect, test } from 'vitest';
import { whileHeld } from '../../support/held.ts';
import { nodeAtRest } from '../../support/lab.ts';
import { delaysOf, median } from '../../support/series.ts';
import { type TestPod, useSuite } from '../../support/suite.ts';
import { attempt, type FlowOptions, measure } from '../../support/traffic.ts';

const suite = useSuite('peers-delay');

test('A to B only, by labels: B is slow for A, in both families, whatever the TOS; C and D are as before', async () => {
  const made = ['a', 'b', 'c', 'd'].map((name) => suite.newPod(name, { labels: { app: name } }));
  const [a, b, c, d] = (await Promise.all(made)) as [TestPod, TestPod, TestPod, TestPod];
  const page = ({ ip }: TestPod) => attempt(suite.endpoint(a), `http://${ip}:8080/`);
  const flow = async (to: TestPod, options: FlowOptions = {}) => {
    const wanted = { packets: 200, rate: 500, record: true, ...options };
    return median(delaysOf(await measure(suite.endpoint(a), suite.endpoint(to), wanted)));
  };
  const look = async () => {
    await nodeAtRest();
    const pages = [await page(b), await page(c), await page(d)];
    const flows = await Promise.all([
      flow(b),
      flow(b, { tos: 0x10 }),
      flow(b, { tos: 0xb8, family: 6 }),
      flow(c),
      flow(d, { family: 6 }),
    ]);
    return { pages: pages.map(({ medianMs }) => medianMs), flows };
  };
  const before = await look();
  const peers = [{ pods: { selector: { matchLabels: { app: 'b' } } } }];
  const spec = { action: 'pod-network-delay', latency: '100ms', peers } as const;
  await whileHeld(suite, a, 'labels', spec, async () => {
    const held = await look();
    console.log(
      `a page of B, C and D takes A ${held.pages.join(', ')} ms; before ${before.pages.join(', ')} ms`,
    );
    const later = held.flows.map((us, index) => us - before.flows[index]!);
    for (const us of later.slice(0, 3)) expect(Math.abs(us - 100_000)).toBeLessThan(3_000);
    for (const us of later.slice(3)) expect(us).toBeLessThan(10_000);
    // Connection and answer: two round trips, and both of their ways are 100 ms longer.
    expect(held.pages[0]!).toBeGreaterThan(400);
    expect(held.pages[0]!).toBeLessThan(400 + before.pages[0]! + 100);
    for (const index of [1, 2]) {
      expect(held.pages[index]!).toBeLessThan(before.pages[index]! + 100);
    }
  });
  const after = await look();
  for (const us of after.flows.slice(0, 3)) expect(us).toBeLessThan(50_000);
  expect(after.pages[0]!).toBeLessThan(before.pages[0]! + 100);
});
