import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChaosExperiment } from '../../../src/api/v1alpha1/chaos-experiment.generated.ts';
import { KubeError } from '../../../src/kube/errors.ts';
import { awaitCondition } from '../../support/await-condition.ts';
import { pathOf } from '../../support/cluster.ts';
import { anExperiment, condition, type SpecParts } from '../../support/experiment.ts';
import { kubectl } from '../../support/lab.ts';
import { squallContainers } from '../../support/pod.ts';
import { PhantomPods } from '../../support/phantom.ts';
import { Policies } from '../../support/policies.ts';
import { useSuite } from '../../support/suite.ts';
import { type Case, type Group, groups, type Scene } from './safety-cases.ts';

const suite = useSuite('matrix');
const POLICY = 'e2e-matrix';
const WEBHOOK = 'chaosexperiments.squall.dev';

let phantoms: PhantomPods;
let policies: Policies;
let scene: Scene;
let table: readonly Group[];

beforeAll(async () => {
  const { cluster, namespace: own } = suite;
  policies = new Policies(cluster);
  phantoms = await PhantomPods.on(cluster, `${own}-phantom`);
  const namespace = async (suffix: string, parts: object = {}) => {
    const name = `${own}-${suffix}`;
    await cluster.create('Namespace', '', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, ...parts },
    });
    suite.atEnd(() => cluster.remove('Namespace', '', name));
    return name;
  };
  const prod = await namespace('prod', { labels: { 'e2e-tier': `${own}-prod` } });
  const excluded = await namespace('excluded', { annotations: { 'squall.dev/exclude': 'true' } });
  const vault = await namespace('vault');

  const add = (set: string, name: string, parts: Parameters<PhantomPods['add']>[2] = {}) =>
    phantoms.add(own, name, { ...parts, labels: { set, family: set, ...parts.labels } });
  const host = { spec: { hostNetwork: true } };
  const mirror = { annotations: { 'kubernetes.io/config.mirror': 'x' } };
  const left = { labels: { 'squall.dev/exclude': 'true' } };
  await Promise.all([
    ...Array.from({ length: 10 }, (_, i) =>
      add('ten', `n-${i}`, { labels: { n: `${i}`, ...(i === 0 && { chaos: 'allowed' }) } }),
    ),
    ...Array.from({ length: 10 }, (_, i) => add('sum', `sum-${i}`)),
    ...Array.from({ length: 3 }, (_, i) => add('mixed', `mixed-${i}`)),
    add('mixed', 'mixed-faulted'),
    add('mixed', 'mixed-host', host),
    add('mixed', 'mixed-static', mirror),
    add('mixed', 'mixed-excluded', left),
    add('mixed', 'mixed-pending', { phase: 'Pending' }),
    add('odd', 'odd-host', host),
    add('odd', 'odd-static', mirror),
    add('odd', 'odd-excluded', left),
    add('odd', 'odd-pending', { phase: 'Pending' }),
    phantoms.add(prod, 'p-0', { labels: { set: 'ten' } }),
    phantoms.add(excluded, 'kept', { labels: { set: 'ten' } }),
  ]);
  const owned = await phantoms.replicas(own, 'owned', 4);
  for (const [i, name] of owned.entries()) {
    const labels = { family: 'owned', ...(i === 0 && { solo: 'yes' }) };
    await cluster.patch('Pod', own, name, { metadata: { labels } });
  }

  // Their agents never start, as there is no node: so long they hold their pods.
  const hold = async (name: string, podNames: string[]) => {
    const experiment = await suite.experiment(name, {
      targets: { podNames, count: podNames.length },
      duration: '1h',
      injectionTimeout: '5m',
    });
    await experiment.phase('Injecting');
    const added = async () => {
      const pods = await Promise.all(podNames.map((pod) => suite.readPod(pod)));
      return pods.every((pod) => squallContainers(pod).length === 1);
    };
    await awaitCondition(`${name} holds its pods`, added, { withinMs: 60_000 });
  };
  await hold('holder-sum', ['sum-0', 'sum-1']);
  await hold('holder-mixed', ['mixed-faulted']);
  scene = { own, prod, excluded, vault, owned };
  table = groups(scene);
}, 240_000);

afterAll(async () => {
  await suite.cluster.remove('SafetyPolicy', '', POLICY);
  // With their pods gone the two experiments that hold them can end.
  await phantoms.remove();
});

/** What the API server says to a refused write; fails when it is taken. */
async function refusalOf(write: Promise<unknown>): Promise<string> {
  try {
    await write;
  } catch (error) {
    if (error instanceof KubeError) return error.message;
    throw error;
  }
  throw new Error('it was let in');
}

const create = (one: Case, name: string, spec: SpecParts, dry: boolean) =>
  suite.cluster.client.request<ChaosExperiment>({
    method: 'POST',
    path: pathOf('ChaosExperiment', one.namespace ?? scene.own),
    query: dry ? { dryRun: 'All' } : {},
    body: anExperiment(name, spec),
  });

/** A merge patch that leaves nothing of the spec before. */
const update = (one: Case, name: string, before: ChaosExperiment, dry: boolean) => {
  const { targets, safety } = before.spec;
  const cleared = (old: object | undefined) =>
    Object.fromEntries(Object.keys(old ?? {}).map((key) => [key, null]));
  return suite.cluster.client.request<ChaosExperiment>({
    method: 'PATCH',
    path: pathOf('ChaosExperiment', one.namespace ?? scene.own, name),
    query: dry ? { dryRun: 'All' } : {},
    body: {
      metadata: { annotations: one.annotate ?? {} },
      ...(one.annotate === undefined && {
        spec: {
          dryRun: false,
          ...one.spec,
          targets: { ...cleared(targets), ...one.spec.targets },
          ...(safety && { safety: { ...cleared(safety), ...one.spec.safety } }),
        },
      }),
    },
  });
};

/** The experiments that are there besides the two that hold pods. */
async function stored(): Promise<string[]> {
  const found = await Promise.all(
    [scene.own, scene.prod, scene.vault].map((namespace) =>
      suite.cluster.list<ChaosExperiment>('ChaosExperiment', namespace),
    ),
  );
  return found
    .flat()
    .map(({ metadata }) => metadata.name)
    .filter((name) => !name.startsWith('holder-'));
}

/** Versions of everything that a wrong answer could have changed. */
async function versions(): Promise<string[]> {
  const pods = await suite.cluster.list<ChaosExperiment>('Pod', scene.own);
  return pods.map(({ metadata }) => `${metadata.name} ${metadata.generation}`).sort();
}

/** So many cases at a time: each is a request or two. */
async function each(cases: readonly Case[], check: (one: Case, name: string) => Promise<void>) {
  const failures: string[] = [];
  const waiting = cases.map((one, i) => ({ one, name: `case-${i}` }));
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { one, name } = next;
      await check(one, name).catch((error: unknown) => {
        failures.push(`${one.it}: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
  };
  await Promise.all(Array.from({ length: 6 }, lane));
  expect(failures).toEqual([]);
}

test('the table has at least 80 cases, each with a name of its own', () => {
  const names = table.flatMap(({ cases }) => cases.map(({ it }) => it));
  console.log(`safety matrix: ${names.length} cases, by the webhook and by the controller`);
  expect(names.length).toBeGreaterThanOrEqual(80);
  expect(new Set(names).size).toBe(names.length);
});

describe('by the webhook', () => {
  test('every case is answered with its exact message, and nothing changes', async () => {
    const before = await versions();
    for (const { policy, cases } of table) {
      await policies.set(POLICY, policy);
      await each(cases, async (one, name) => {
        const created = one.from && (await create(one, name, { ...one.from, dryRun: true }, false));
        const write = (dry: boolean) =>
          created === undefined
            ? create(one, name, one.spec, dry)
            : update(one, name, created, dry);
        if (one.refused === undefined) {
          await write(true);
        } else {
          const said = await refusalOf(write(false));
          expect(said).toBe(`admission webhook "${WEBHOOK}" denied the request: ${one.refused[1]}`);
        }
        if (created === undefined) return;
        const after = await suite.cluster.read<ChaosExperiment>('ChaosExperiment', scene.own, name);
        expect(after.spec).toEqual(created.spec);
        await suite.cluster.remove('ChaosExperiment', scene.own, name);
      });
      expect(await stored()).toEqual([]);
    }
    expect(await versions()).toEqual(before);
  }, 240_000);

  test('what may become true later is a warning', async () => {
    for (const { policy, cases } of table) {
      const warned = cases.filter((one) => one.warned !== undefined);
      if (warned.length === 0) continue;
      await policies.set(POLICY, policy);
      for (const one of warned) {
        const { exitCode, stderr } = await kubectl(
          ['-n', one.namespace ?? scene.own, 'create', '--dry-run=server', '-f', '-'],
          { stdin: JSON.stringify(anExperiment('warned', one.spec)) },
        );
        expect(exitCode, stderr).toBe(0);
        const [reason, message] = one.warned!;
        // kubectl cuts nothing; a warning longer than 255 bytes is cut by the webhook.
        expect(stderr).toContain(`Warning: ${reason}: ${message}`.slice(0, 200));
      }
    }
  }, 240_000);
});

describe('by the controller, without the webhook', () => {
  let configuration: { metadata: { resourceVersion?: string; uid?: string } };

  beforeAll(async () => {
    const kind = 'ValidatingWebhookConfiguration';
    configuration = await suite.cluster.read(kind, '', 'squall');
    await suite.cluster.remove(kind, '', 'squall');
    await policies.set(POLICY, { maxPods: 1 });
    const canary: Case = {
      it: 'canary',
      spec: { targets: { podNames: ['n-0', 'n-1'], count: 2 }, duration: '1s' },
    };
    await awaitCondition(
      'the webhook is not asked any more',
      async () =>
        create(canary, 'canary', canary.spec, true).then(
          () => true,
          () => false,
        ),
      { withinMs: 30_000 },
    );
  });

  afterAll(async () => {
    const { resourceVersion: _, uid: __, ...metadata } = configuration.metadata;
    await suite.cluster.create('ValidatingWebhookConfiguration', '', {
      ...configuration,
      metadata,
    });
  });

  test('every case comes to the same in status, and no pod is touched', async () => {
    const before = await versions();
    for (const { policy, cases } of table) {
      await policies.set(POLICY, policy);
      await each(cases, async (one, name) => {
        const namespace = one.namespace ?? scene.own;
        // What would be let in is only planned here: there is no node that could run it.
        const harmless = one.refused === undefined && one.warned?.[0] !== 'Queued';
        const spec = harmless ? { ...one.spec, dryRun: true } : one.spec;
        const created = await create(
          one,
          name,
          one.from === undefined ? spec : { ...one.from, dryRun: true },
          false,
        );
        const generation =
          one.from === undefined
            ? created.metadata.generation
            : (await update({ ...one, spec }, name, created, false)).metadata.generation;
        const status = await awaitCondition(
          `${name} is decided`,
          async () => {
            const found = await suite.cluster.read<ChaosExperiment>(
              'ChaosExperiment',
              namespace,
              name,
            );
            return found.status?.observedGeneration === generation && found.status;
          },
          { withinMs: 60_000 },
        );
        await suite.cluster.remove('ChaosExperiment', namespace, name);
        const accepted = condition(status, 'Accepted');
        const [reason, message] = one.refused ?? one.warned ?? ['DryRun', undefined];
        expect([status.phase, accepted?.reason]).toEqual([
          reason === 'DryRun' ? 'Planned' : reason === 'Queued' ? 'Pending' : 'Failed',
          reason,
        ]);
        if (message !== undefined) expect(status.message).toBe(message);
      });
    }
    expect(await versions()).toEqual(before);
  }, 240_000);
});
