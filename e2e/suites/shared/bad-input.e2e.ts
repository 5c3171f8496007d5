import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { ChaosExperimentSpec } from '../../../src/api/v1alpha1/chaos-experiment.generated.ts';
import type { Query } from '../../../src/kube/client.ts';
import { KubeError } from '../../../src/kube/errors.ts';
import { kubectl } from '../../support/lab.ts';
import { useSuite } from '../../support/suite.ts';

const suite = useSuite('bad-input');

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

interface Refused {
  readonly it: string;
  /** A JSON merge patch for the spec of base.json. */
  readonly spec: Json;
  readonly field: string;
  readonly message: string;
}

function table<T>(name: string): T {
  return JSON.parse(
    readFileSync(new URL(`../../../config/crd/testdata/${name}.json`, import.meta.url), 'utf8'),
  ) as T;
}

interface Base {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Json;
}

const base = table<Base>('base');
const accepted = table<Pick<Refused, 'it' | 'spec'>[]>('accepted');
const refused = table<Refused[]>('refused');
const policyBase = table<Base>('policy-base');
const acceptedPolicies = table<Pick<Refused, 'it' | 'spec'>[]>('policy-accepted');
const refusedPolicies = table<Refused[]>('policy-refused');

/** RFC 7386. */
function merge(target: Json | undefined, patch: Json): Json {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const into =
    target !== null && typeof target === 'object' && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete into[key];
    else into[key] = merge(into[key], value);
  }
  return into;
}

/** As a person does it: kubectl asks the API server for strict validation. */
function apply(name: string, spec: Json) {
  const manifest = { ...base, metadata: { name, namespace: suite.namespace }, spec };
  return kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(manifest) });
}

/** A policy would hold for the whole cluster, so none is ever stored: the API server only says what it would do. */
function applyPolicy(patch: Json) {
  const spec = patch === null ? undefined : merge(policyBase.spec, patch);
  return kubectl(['apply', '--dry-run=server', '-f', '-'], {
    stdin: JSON.stringify({ ...policyBase, metadata: { name: suite.namespace }, spec }),
  });
}

test('there are enough bad inputs', () => {
  expect(refused.length).toBeGreaterThanOrEqual(14);
  expect(refusedPolicies.length).toBeGreaterThanOrEqual(12);
});

test.concurrent.each(refusedPolicies)(
  'a SafetyPolicy with $it is refused with a message that names the field and what it takes',
  async ({ spec, field, message }) => {
    const { exitCode, stderr } = await applyPolicy(spec);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(field);
    expect(stderr).toContain(message);
  },
);

test.concurrent.each(acceptedPolicies)('a SafetyPolicy with $it is accepted', async ({ spec }) => {
  const { exitCode, stderr } = await applyPolicy(spec);
  expect(exitCode, stderr).toBe(0);
});

test('the sample of a SafetyPolicy is accepted', async () => {
  const { exitCode, stderr } = await kubectl([
    'apply',
    '--dry-run=server',
    '-f',
    fileURLToPath(new URL('../../../samples/safety-policy.yaml', import.meta.url)),
  ]);
  expect(exitCode, stderr).toBe(0);
});

/** What the API server says to an experiment under strict validation, as kubectl asks for it; undefined when it takes it. */
async function refusal(name: string, patch: Json, query: Query = {}): Promise<string | undefined> {
  const manifest = { ...base, metadata: { name }, spec: merge(base.spec, patch) };
  const strict = { fieldValidation: 'Strict', ...query };
  try {
    await suite.cluster.create('ChaosExperiment', suite.namespace, manifest, strict);
    return undefined;
  } catch (error) {
    if (error instanceof KubeError) return error.message;
    throw error;
  }
}

test.concurrent.each(refused.map((row, index) => ({ ...row, index })))(
  '$it is refused with a message that names the field and what it takes',
  async ({ spec, field, message, index }) => {
    const name = `bad-${index}`;
    const said = await refusal(name, spec);
    expect(said).toContain(field);
    expect(said).toContain(message);
    expect(await suite.existing(name).find()).toBeUndefined();
  },
);

test.concurrent.each(accepted)('$it is of the right form', async ({ spec }) => {
  const said = await refusal('good-form', spec, { dryRun: 'All' });
  // The webhook is asked only after the API server itself has nothing against it.
  if (said !== undefined)
    expect(said).toContain('admission webhook "chaosexperiments.squall.dev" denied the request');
});

test('kubectl shows what is wrong in the same words', async () => {
  const { exitCode, stderr } = await apply('worded', merge(base.spec, { latency: '5' }));
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain('spec.latency: Invalid value');
  expect(stderr).toContain('"5" is not a time from 1us to 60s');
});

test('a bad change of a good experiment is refused and changes nothing', async () => {
  const created = await apply('good', merge(base.spec, { dryRun: true }));
  expect(created.exitCode, created.stderr).toBe(0);
  const experiment = suite.existing('good');
  await experiment.ended();
  const before = await experiment.read();
  const changed = await apply('good', merge(base.spec, { dryRun: true, lossPercentage: 101 }));
  expect(changed.stderr).toContain('spec.lossPercentage');
  expect(await experiment.read()).toEqual(before);
});

test('the spec is frozen once the run has started; metadata is not', async () => {
  await suite.newPod('web', { labels: { app: 'web' } });
  expect((await apply('frozen', base.spec)).exitCode).toBe(0);
  const experiment = suite.existing('frozen');
  const { startTime } = await experiment.phase('Running');
  expect(startTime).toBeDefined();
  const spec: Partial<ChaosExperimentSpec> = { lossPercentage: 6 };
  const changed = await apply('frozen', merge(base.spec, spec as Json));
  expect(changed.exitCode).not.toBe(0);
  expect(changed.stderr).toContain('frozen, because the run has started');
  await experiment.annotate({ 'squall.dev/stop': 'frozen is enough' });
  await experiment.phase('Aborted');
});
