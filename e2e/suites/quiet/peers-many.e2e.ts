import { expect, test } from 'vitest';
import { condition } from '../../support/experiment.ts';
import { whileHeld } from '../../support/held.ts';
import { lossOf } from '../../support/losses.ts';
import { median } from '../../support/series.ts';
import { aSlice, newService } from '../../support/service.ts';
import { useSuite } from '../../support/suite.ts';
import { costOf } from '../../support/traffic.ts';

const suite = useSuite('peers-many');

const ADDRESSES = 5_000;
const SLICE = 1_000;
/** More than an agent can be told of. */
const TOO_MANY = 9_000;
const ROUNDS = 7;

/** How much dearer a packet may be that has to pass so many addresses; one filter for each costs a hundredfold. */
const MOST_TIMES = 4;

test('5,000 addresses: how long they take, what a packet to somebody else costs, and what becomes of 9,000', async () => {
  const { cluster, namespace } = suite;
  const [pod, plain, bystander, peer] = await suite.pods(['pod', 'plain', 'bystander', 'peer']);
  // Without an address of its own, so that the node's proxy has nothing to do with it.
  await newService(suite, 'many', { headless: true, only: 'udp' });
  const addresses = [
    peer!.ip,
    ...Array.from({ length: TOO_MANY - 1 }, (_, n) => `10.34.${n >> 8}.${n & 255}`),
  ];
  const grow = async (first: number, end: number) => {
    for (let from = first; from < end; from += SLICE) {
      const slice = addresses.slice(from, from + SLICE);
      const name = `many-${from / SLICE}`;
      const body = aSlice('many', slice, { name, only: 'udp' });
      await cluster.create('EndpointSlice', namespace, body);
    }
  };
  await grow(0, ADDRESSES);

  /** Microseconds of a packet to the bystander, sent as fast as can be. */
  const cost = (from: typeof pod) =>
    costOf(suite.endpoint(from!), suite.endpoint(bystander!).address(4));
  const created = Date.now();
  const spec = {
    lossPercentage: 100,
    peers: [{ service: { name: 'many' } }],
    safety: { allowHighLoss: true },
  };
  await whileHeld(suite, pod!, 'many', spec, async ({ run }, experiment) => {
    const lines = run?.peers?.join('\n') ?? '';
    console.log(
      `${ADDRESSES} addresses: ${lines.length} bytes in the pod, in force ${Date.now() - created} ms after the experiment was created`,
    );
    expect(lines.match(/10\.34\./g)).toHaveLength(ADDRESSES - 1);
    expect(await lossOf(suite.endpoint(pod!), suite.endpoint(peer!))).toBe(100);
    const costs: [number, number][] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      costs.push([await cost(pod), await cost(plain)]);
    }
    const [faulted, unfaulted] = [0, 1].map((which) => median(costs.map((one) => one[which]!)));
    console.log(
      `${ADDRESSES} addresses: a packet to somebody else costs ${faulted!.toFixed(1)} us, in an unfaulted pod ${unfaulted!.toFixed(1)} us`,
    );
    expect(faulted!).toBeLessThan(MOST_TIMES * unfaulted!);

    await grow(ADDRESSES, TOO_MANY);
    const status = await experiment.until(
      'the peers are too many to be told',
      (seen) => condition(seen, 'Degraded')?.reason === 'PeersStale',
    );
    expect(condition(status, 'Degraded')?.message).toContain(`${TOO_MANY} addresses`);
    expect(await lossOf(suite.endpoint(pod!), suite.endpoint(peer!))).toBe(100);
  });
  const over = await suite.experiment('over', {
    ...spec,
    targets: { podNames: [plain!.name] },
    duration: '1m',
  });
  const refused = await over.ended();
  expect(condition(refused, 'Accepted')).toMatchObject({ status: 'False', reason: 'TooManyPeers' });
  expect(refused.message).toMatch(
    new RegExp(`${TOO_MANY} addresses \\(\\d+ bytes\\): at most 100000 bytes`),
  );
  expect(suite.watch.faults(plain!.ip)).toEqual([]);
});
