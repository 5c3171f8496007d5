import { Resolver } from 'node:dns/promises';
import { beforeAll, expect, test } from 'vitest';
import { controllerRules } from '../../support/account.ts';
import { awaitCondition } from '../../support/await-condition.ts';
import { condition } from '../../support/experiment.ts';
import { whileHeld } from '../../support/held.ts';
import { expectLosses, lossOf } from '../../support/losses.ts';
import { aSlice, newService, type Service } from '../../support/service.ts';
import { type TestPod, useSuite } from '../../support/suite.ts';
import type { FlowOptions } from '../../support/traffic.ts';

const suite = useSuite('peers-following');
const stale = useSuite('peers-stale', { ownController: true });

const cutOff = { lossPercentage: 100, safety: { allowHighLoss: true } } as const;

let pods: Readonly<Record<'moving' | 'turning' | 'b' | 'c' | 'd', TestPod>>;

beforeAll(async () => {
  const names = ['moving', 'turning', 'b', 'c', 'd'] as const;
  const made = await suite.pods(names);
  pods = Object.fromEntries(names.map((name, index) => [name, made[index]!])) as typeof pods;
});

const lost = (from: TestPod, to: TestPod, options?: FlowOptions) =>
  lossOf(suite.endpoint(from), suite.endpoint(to), options);

test('a name whose answer changes: the new address is hit within seconds, the old one as long as it may still be used', async () => {
  const { moving, b, c, d } = pods;
  await newService(suite, 'answer', { headless: true });
  const { cluster, namespace } = suite;
  await cluster.create('EndpointSlice', namespace, aSlice('answer', [b.ip]));
  const spec = { ...cutOff, direction: 'egress' as const, peers: [{ host: 'answer' }] };
  await whileHeld(suite, moving, 'moving', spec, async () => {
    await expectLosses({
      b: [lost(moving, b), 100],
      c: [lost(moving, c), 0],
      d: [lost(moving, d), 0],
    });
    await cluster.patch('EndpointSlice', namespace, 'answer', {
      endpoints: aSlice('answer', [c.ip]).endpoints,
    });
    const changed = Date.now();
    const hit = async () => (await lost(moving, c, { packets: 20 })) === 100;
    await awaitCondition('the new address is hit', hit, { withinMs: 40_000, everyMs: 200 });
    const took = Date.now() - changed;
    console.log(`a name's answer changed: the new address was hit ${took} ms later`);
    // The cluster's DNS answers from its cache for 5 s, and the agent asks every 5 s.
    expect(took).toBeLessThan(20_000);
    await expectLosses({ b: [lost(moving, b), 100], d: [lost(moving, d), 0] });
  });
});

test('a name whose answers rotate: each of its addresses stays hit while the answer is another', async () => {
  const { turning, b, c, d } = pods;
  const { cluster, namespace } = suite;
  await newService(suite, 'rotating', { headless: true });
  await cluster.create('EndpointSlice', namespace, aSlice('rotating', [b.ip]));
  const dns = await cluster.read<Service>('Service', 'kube-system', 'kube-dns');
  const resolver = new Resolver();
  resolver.setServers([dns.spec.clusterIPs.find((ip) => ip.includes('.'))!]);
  /** Makes this pod the only answer; resolves when the cluster's DNS gives it. */
  const answer = async ({ ip }: TestPod) => {
    const { endpoints } = aSlice('rotating', [ip]);
    await cluster.patch('EndpointSlice', namespace, 'rotating', { endpoints });
    const given = async () =>
      (await resolver.resolve4(`rotating.${namespace}.svc.cluster.local`)).join() === ip;
    await awaitCondition(`DNS answers ${ip}`, given, { withinMs: 40_000, everyMs: 250 });
  };
  const spec = { ...cutOff, direction: 'egress' as const, peers: [{ host: 'rotating' }] };
  await whileHeld(suite, turning, 'turning', spec, async () => {
    await answer(c);
    const hit = async () => (await lost(turning, c, { packets: 20 })) === 100;
    await awaitCondition('the second address is hit', hit, { withinMs: 40_000, everyMs: 200 });
    let measured = false;
    const measure = async () => {
      const long = { packets: 6_000, rate: 150 };
      const looks = [b, c, d].map((to) => lost(turning, to, long));
      return Promise.all(looks).finally(() => {
        measured = true;
      });
    };
    const rotate = async () => {
      let turns = 0;
      for (; !measured; turns += 1) await answer(turns % 2 === 0 ? b : c);
      return turns;
    };
    const [losses, turns] = await Promise.all([measure(), rotate()]);
    expect(losses).toEqual([100, 100, 0]);
    expect(turns).toBeGreaterThanOrEqual(3);
    console.log(
      `an answer that rotated ${turns} times in 40 s: no packet passed to either address`,
    );
  });
});

test('with exec denied the peers stay as they were at the start, and status says so', async () => {
  const rules = (await controllerRules(stale.cluster)).filter(
    ({ resources }) => !resources.includes('pods/exec'),
  );
  const kubeconfig = await stale.account('no-exec', rules);
  const [[a, b, c]] = await Promise.all([
    stale.pods(['a', 'b', 'c']),
    stale.controller({ kubeconfig }).then((controller) => controller.ready()),
  ]);
  const { cluster, namespace } = stale;
  await newService(stale, 'b', { headless: true });
  await cluster.create('EndpointSlice', namespace, aSlice('b', [b!.ip]));
  const experiment = await stale.experiment('stale', {
    ...cutOff,
    targets: { podNames: ['a'] },
    duration: '3m',
    peers: [{ service: { name: 'b' } }],
  });
  await experiment.phase('Running');
  const losses = (ofC: number) =>
    expectLosses({
      b: [lossOf(stale.endpoint(a!), stale.endpoint(b!)), 100],
      c: [lossOf(stale.endpoint(a!), stale.endpoint(c!)), ofC],
    });
  await losses(0);
  await cluster.patch('EndpointSlice', namespace, 'b', {
    endpoints: aSlice('b', [b!.ip, c!.ip]).endpoints,
  });
  const status = await experiment.until(
    'PeersStale',
    (seen) => condition(seen, 'Degraded')?.reason === 'PeersStale',
    30_000,
  );
  expect(condition(status, 'Degraded')?.status).toBe('True');
  await losses(0);
  await experiment.annotate({ 'squall.dev/stop': 'seen' });
  // By a second container, since nothing can be executed in the first.
  await experiment.phase('Aborted', 120_000);
  await stale.awaitClean(a!, 10_000);
});
