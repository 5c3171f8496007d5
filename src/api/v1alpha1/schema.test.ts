import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { chaosExperimentSchema } from './schema.generated.ts';

interface Manifest {
  kind: string;
  spec: Record<string, unknown>;
}
interface Row {
  it: string;
  spec: Record<string, unknown>;
}
interface Refusal extends Row {
  by: 'schema' | 'rule';
  field: string;
  message: string;
}

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const table = <T>(name: string) => JSON.parse(read(`config/crd/testdata/${name}.json`)) as T;
const base = table<Manifest>('base');
const accepted = table<Row[]>('accepted');
const refused = table<Refusal[]>('refused');

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 7386. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}

const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false });
ajv.addFormat('date-time', true);
for (const keyword of ['validations', 'int-or-string', 'list-type', 'list-map-keys', 'map-type']) {
  ajv.addKeyword(`x-kubernetes-${keyword}`);
}
const validate = ajv.compile(chaosExperimentSchema);
const errorsOf = (manifest: unknown) => (validate(manifest) ? [] : validate.errors);

test.each(accepted)('the schema accepts $it', ({ spec }) => {
  expect(errorsOf(mergePatch(base, { spec }))).toEqual([]);
});

test.each(refused.filter(({ by }) => by === 'schema'))('the schema refuses $it', ({ spec }) => {
  expect(errorsOf(mergePatch(base, { spec }))).not.toEqual([]);
});

test('no case is there twice', () => {
  const names = [...accepted, ...refused].map(({ it }) => it);
  expect(new Set(names).size).toBe(names.length);
});

const samples = readdirSync(new URL('samples', root)).filter((name) => name.endsWith('.yaml'));

test.each(samples)('the schema accepts every experiment of samples/%s', (name) => {
  const experiments = (loadAll(read(`samples/${name}`)) as Manifest[]).filter(
    ({ kind }) => kind === base.kind,
  );
  expect(experiments).not.toHaveLength(0);
  for (const experiment of experiments) expect(errorsOf(experiment)).toEqual([]);
});
