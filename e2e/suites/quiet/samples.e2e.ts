import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { beforeAll, expect, test } from 'vitest';
import { awaitCondition } from '../../support/await-condition.ts';
import { binomialRange } from '../../support/binomial.ts';
import { kubectl, run } from '../../support/lab.ts';
import { expectLosses, lossOf, refusalOf } from '../../support/losses.ts';
import { hasRoom, isReady, type Pod } from '../../support/pod.ts';
import { delaysOf, during, median, rateOf } from '../../support/series.ts';
import { awaitAnswer } from '../../support/service.ts';
import { type TestPod, useSuite } from '../../support/suite.ts';
import { attempt, type FlowOptions, measure } from '../../support/traffic.ts';

const suite = useSuite('samples');

const ROOT = resolve(import.meta.dirname, '../../..');

const APPS = ['front', 'orders', 'stock', 'prices'] as const;
let shop: Readonly<Record<(typeof APPS)[number], TestPod>>;

async function apply(path: string): Promise<void> {
  const { exitCode, stderr } = await kubectl(['-n', suite.namespace, 'apply', '-f', path]);
  if (exitCode !== 0) throw new Error(`kubectl apply -f ${path}: ${stderr}`);
}

/** The one pod of a Deployment, once it is ready. */
async function podOf(app: string): Promise<TestPod> {
  const probe = async () =>
    (await suite.cluster.list<Pod>('Pod', suite.namespace, { labelSelector: `app=${app}` })).find(
      isReady,
    );
  const found = await awaitCondition(`a pod of ${app}`, probe, {
    withinMs: 120_000,
    describe: () => suite.describe(),
  });
  return suite.pod(found.metadata.name);
}

beforeAll(async () => {
  await run('ip', ['address', 'replace', '10.32.0.20/32', 'dev', 'lo']);
  await apply(join(ROOT, 'samples/apps/shop.yaml'));
  await apply(join(ROOT, 'samples/apps/other-site.yaml'));
  const pods = await Promise.all(APPS.map(podOf));
  shop = Object.fromEntries(APPS.map((app, index) => [app, pods[index]!])) as typeof shop;
  await awaitAnswers();
});

async function awaitAnswers(): Promise<void> {
  for (const target of ['orders:80', 'stock:80', 'prices:80', 'other-site:7001']) {
    await awaitAnswer(suite, suite.endpoint(shop.front), target);
  }
}

/** Most samples are about the same pods, which take only so many runs in their lives. */
async function renew(): Promise<void> {
  for (const app of APPS) {
    const old = shop[app];
    if (hasRoom(await suite.readPod(old.name))) continue;
    await suite.cluster.remove('Pod', suite.namespace, old.name);
    await suite.waitGone(old);
    shop = { ...shop, [app]: await podOf(app) };
    await awaitAnswers();
  }
}

const flow = (from: TestPod, to: TestPod, options: FlowOptions = {}) =>
  measure(suite.endpoint(from), suite.endpoint(to), { packets: 5_000, rate: 2_500, ...options });

const lost = (from: TestPod, to: TestPod) => lossOf(suite.endpoint(from), suite.endpoint(to));
const refused = (from: TestPod, url: string) => refusalOf(suite.endpoint(from), url);
const page = (from: TestPod, of: string) => attempt(suite.endpoint(from), `http://${of}/`);

function expectShare(count: number, of: number, percentage: number): void {
  const { low, high } = binomialRange(of, percentage / 100);
  expect(count).toBeGreaterThanOrEqual(low);
  expect(count).toBeLessThanOrEqual(high);
}

/** A median in milliseconds that an emulated node may add some to. */
function expectAbout(ms: number, wanted: number): void {
  expect(ms).toBeGreaterThan(0.97 * wanted);
  expect(ms).toBeLessThan(wanted + 200);
}

const timed = { packets: 400, rate: 200, record: true };

/** What each sample does while it is held. */
const effects: Readonly<Record<string, () => Promise<void>>> = {
  async 'bursty-loss'() {
    const { lost: missing, bursts } = await flow(shop.front, shop.orders, { packets: 12_000 });
    expect(missing).toBeGreaterThan(250);
    expect(missing / bursts).toBeGreaterThan(4);
    expect(missing / bursts).toBeLessThan(14);
  },
  async combined() {
    const seen = await flow(shop.front, shop.orders, { ...timed, packets: 2_000, rate: 1_000 });
    expectShare(seen.lost, seen.sent, 2);
    expectAbout(median(delaysOf(seen)) / 1_000, 150);
  },
  async 'except-peers'() {
    await expectLosses({
      prices: [refused(shop.front, 'http://prices/'), 0],
      orders: [refused(shop.front, 'http://orders/'), 100],
      stock: [lost(shop.stock, shop.front), 100],
    });
  },
  async 'flapping-link'() {
    const seen = await flow(shop.front, shop.stock, { ...timed, packets: 2_000 });
    const parts = Array.from({ length: 20 }, (_, half) => {
      const from = seen.startMs + 500 * half;
      const { sent, lost: missing } = during(seen, from, from + 500);
      return missing / sent;
    });
    // 4 s of pulses and 6 s of pauses, in three pieces each at most: a piece may begin and end within a part.
    expect(parts.filter((share) => share === 1).length).toBeGreaterThanOrEqual(4);
    expect(parts.filter((share) => share === 0).length).toBeGreaterThanOrEqual(8);
  },
  async 'peers-cidr'() {
    await expectLosses({
      named: [refused(shop.front, 'other-site:7001'), 100],
      direct: [refused(shop.front, '10.32.0.20:7001'), 100],
      fromStock: [refused(shop.stock, 'other-site:7001'), 0],
      orders: [refused(shop.front, 'http://orders/'), 0],
    });
  },
  async 'peers-host'() {
    expectAbout((await page(shop.front, 'prices')).medianMs, 400);
    expect((await page(shop.front, 'stock')).medianMs).toBeLessThan(200);
  },
  async 'peers-pods'() {
    expectAbout((await page(shop.front, 'orders')).medianMs, 400);
    expectAbout(median(delaysOf(await flow(shop.front, shop.orders, timed))) / 1_000, 100);
    expect((await page(shop.front, 'stock')).medianMs).toBeLessThan(200);
  },
  async 'peers-service'() {
    await expectLosses({
      front: [refused(shop.front, 'http://orders/'), 100],
      stock: [refused(shop.stock, 'http://orders/'), 0],
      prices: [refused(shop.front, 'http://prices/'), 0],
    });
  },
  async 'pod-network-bandwidth'() {
    const wanted = { packets: 300, rate: 1_000, size: 1_000, record: true };
    const bits = rateOf(await flow(shop.front, shop.orders, wanted), 1_000);
    expect(Math.abs(bits - 1e6)).toBeLessThan(0.05 * 1e6);
  },
  async 'pod-network-corruption'() {
    const seen = await flow(shop.front, shop.orders, { size: 1_000, unchecked: true });
    expectShare(seen.corrupted, seen.sent, (5 * 1_000) / 1_042);
  },
  async 'pod-network-delay'() {
    const seen = await flow(shop.front, shop.orders, timed);
    expectAbout(median(delaysOf(seen)) / 1_000, 100);
    expect(seen.reordered / seen.sent).toBeLessThan(0.02);
  },
  async 'pod-network-duplicate'() {
    const seen = await flow(shop.front, shop.orders, { duplicates: true });
    expectShare(seen.duplicates, seen.sent, 5);
  },
  async 'pod-network-partition'() {
    await expectLosses({
      out: [lost(shop.orders, shop.front), 100],
      in: [lost(shop.front, shop.orders), 0],
    });
  },
  async 'pod-network-reorder'() {
    const seen = await flow(shop.front, shop.orders, { ...timed, packets: 2_000, rate: 1_000 });
    expectShare(delaysOf(seen).filter((us) => us < 12_000).length, seen.sent, 25);
  },
  async profile() {
    const worse = () => suite.watch.turns(shop.stock.ip).at(-1)?.priority === 15;
    await awaitCondition('the first step of the profile', worse, { withinMs: 20_000 });
    expectAbout(median(delaysOf(await flow(shop.front, shop.stock, timed))) / 1_000, 200);
  },
  async 'target-dynamic'() {
    const seen = await flow(shop.front, shop.stock);
    expectShare(seen.lost, seen.sent, 20);
  },
  async 'target-serial'() {
    const status = await suite.existing('shop-in-turn').ended();
    expect(status).toMatchObject({ phase: 'Completed', summary: { injected: 2, recovered: 2 } });
    const turns = [shop.orders, shop.stock].map(({ ip }) => suite.watch.faults(ip).at(-1)!);
    const [first, second] = turns.sort((a, b) => a.from - b.from);
    expect(first!.to).toBeLessThan(second!.from);
  },
  async 'target-service'() {
    const seen = await flow(shop.front, shop.prices);
    expectShare(seen.lost, seen.sent, 20);
  },
  async verify() {
    // By address: questions to DNS are late as well.
    const { medianMs } = await attempt(suite.endpoint(shop.front), `${shop.orders.ip}:8080`);
    expectAbout(medianMs, 500);
  },
};

interface Sample {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** Those of other applications and kinds, which other suites apply. */
const ELSEWHERE = ['pod-network-loss', 'safety-policy'];

const samples = readdirSync(join(ROOT, 'samples'))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.slice(0, -'.yaml'.length))
  .filter((name) => !ELSEWHERE.includes(name));

test('every sample has its effect here', () => {
  expect(Object.keys(effects).sort()).toEqual(samples.sort());
});

test.each(samples)('%s does what it says, and can be deleted', async (name) => {
  await renew();
  const path = join(ROOT, 'samples', `${name}.yaml`);
  const [{ metadata }] = loadAll(readFileSync(path, 'utf8')) as [Sample];
  await apply(path);
  const experiment = suite.existing(metadata.name);
  await experiment.phase('Running');
  await effects[name]!();
  await experiment.delete();
  await experiment.gone(60_000);
  const faulty = Object.values(shop).filter(({ ip }) => suite.watch.active(ip).length > 0);
  expect(faulty).toEqual([]);
});
