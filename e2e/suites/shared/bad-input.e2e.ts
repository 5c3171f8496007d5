import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ChaosExperimentSpec } from '../../../src/api/v1alpha1/chaos-experiment.generated.ts';
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

const base = table<{ apiVersion: string; kind: string; metadata: { name: string }; spec: Json }>(
  'base',
);
const refused = table<Refused[]>('refused');

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

test('there are enough bad inputs', () => {
  expect(refused.length).toBeGreaterThanOrEqual(14);
});

test.concurrent.each(refused.map((row, index) => ({ ...row, index })))(
  '$it is refused with a message that names the field and what it takes',
  async ({ spec, field, message, index }) => {
    const name = `bad-${index}`;
    const { exitCode, stderr } = await apply(name, merge(base.spec, spec));
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(field);
    expect(stderr).toContain(message);
    expect(await suite.existing(name).find()).toBeUndefined();
  },
);

test('a bad change of a good experiment is refused and changes nothing', async () => {
  const created = await apply('good', merge(base.spec, { dryRun: true }));
  expect(created.stderr).toBe('');
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
