import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { chaosExperimentSchema } from './chaos-experiment-schema.generated.ts';
import { safetyPolicySchema } from './safety-policy-schema.generated.ts';
import { KUBERNETES_KEYWORDS } from './schema-keywords.ts';

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

/** The tables of each kind begin their names so. */
const prefixes = { ChaosExperiment: '', SafetyPolicy: 'policy-' } as const;
type Kind = keyof typeof prefixes;
const kinds = Object.keys(prefixes) as Kind[];

const base = (kind: Kind) => table<Manifest>(`${prefixes[kind]}base`);
const rows = <T extends Row>(name: string) =>
  kinds.flatMap((kind) => table<T[]>(`${prefixes[kind]}${name}`).map((row) => ({ kind, ...row })));
const accepted = rows<Row>('accepted');
const refused = rows<Refusal>('refused');

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
ajv.addVocabulary([...KUBERNETES_KEYWORDS]);
const validate = {
  ChaosExperiment: ajv.compile(chaosExperimentSchema),
  SafetyPolicy: ajv.compile(safetyPolicySchema),
} satisfies Record<Kind, unknown>;
const errorsOf = (kind: Kind, manifest: unknown) =>
  validate[kind](manifest) ? [] : validate[kind].errors;

test.each(accepted)('the schema of $kind accepts $it', ({ kind, spec }) => {
  expect(errorsOf(kind, mergePatch(base(kind), { spec }))).toEqual([]);
});

test.each(refused.filter(({ by }) => by === 'schema'))(
  'the schema of $kind refuses $it',
  ({ kind, spec }) => {
    expect(errorsOf(kind, mergePatch(base(kind), { spec }))).not.toEqual([]);
  },
);

test('what a rule refuses, the schema does not', () => {
  const byRule = refused.filter(({ kind, by }) => kind === 'SafetyPolicy' && by === 'rule');
  expect(byRule.length).toBeGreaterThanOrEqual(12);
  for (const { kind, spec } of byRule)
    expect(errorsOf(kind, mergePatch(base(kind), { spec }))).toEqual([]);
});

interface Node {
  readonly title?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
  readonly 'x-kubernetes-validations'?: readonly {
    readonly message: string;
    readonly messageExpression?: string;
    readonly fieldPath?: string;
  }[];
}

/** What is below a node under a name, or `[*]`; what has a title is the same wherever it is, and is known by that alone. */
function below(node: Node, place: string, name: string): readonly [Node, string] | undefined {
  const { items, additionalProperties: values } = node;
  const entry = items ?? (typeof values === 'object' ? values : undefined);
  const child = name === '[*]' ? entry : node.properties?.[name];
  return child && [child, child.title ?? `${place}.${name}`];
}

/** Every rule below a node: the place that it refuses, and words that are in what it says. */
function rulesOf(node: Node, place: string): { place: string; words: string }[] {
  const own = (node['x-kubernetes-validations'] ?? []).map(
    ({ message, messageExpression = '', fieldPath = '.' }) => {
      const literals = messageExpression.match(/'[^']*'|"(?:[^"\\]|\\.)*"/g) ?? [];
      const [longest] = literals.toSorted((a, b) => b.length - a.length);
      return {
        place: below(node, place, fieldPath.slice(1))?.[1] ?? place,
        words: longest?.slice(1, -1).replaceAll('\\"', '"') ?? message,
      };
    },
  );
  return [
    ...own,
    ...[...Object.keys(node.properties ?? {}), '[*]'].flatMap((name) => {
      const found = below(node, place, name);
      return found === undefined ? [] : rulesOf(...found);
    }),
  ];
}

/** The place of a field such as `spec.profile[0].at`. */
function placeOf(root: Node, field: string): string {
  const names = field.replaceAll(/\[[^\]]*\]/g, '.[*]').split('.');
  let at: readonly [Node, string] = [root, ''];
  for (const name of names) at = below(...at, name) ?? [{}, `${at[1]}.${name}`];
  return at[1];
}

test.each(kinds)('each rule for the spec of a %s refuses something', (kind) => {
  const root: Node = kind === 'ChaosExperiment' ? chaosExperimentSchema : safetyPolicySchema;
  const [spec, top] = below(root, '', 'spec') ?? [{}, ''];
  const said = refused
    .filter((row) => row.kind === kind)
    .map(({ field, message }) => ({ place: placeOf(root, field), message }));
  const silent = rulesOf(spec, top).filter(
    ({ place, words }) =>
      !said.some(
        (one) =>
          one.place === place && (one.message.includes(words) || words.includes(one.message)),
      ),
  );
  expect(silent).toEqual([]);
});

test('no case is there twice', () => {
  const names = [...accepted, ...refused].map(({ kind, it }) => `${kind} ${it}`);
  expect(new Set(names).size).toBe(names.length);
});

const samples = readdirSync(new URL('samples', root)).filter((name) => name.endsWith('.yaml'));
const ofSamples = (name: string) =>
  (loadAll(read(`samples/${name}`)) as Manifest[]).filter((one) => one.kind in prefixes);

test.each(samples)('the schema accepts every object of samples/%s that is ours', (name) => {
  const objects = ofSamples(name);
  expect(objects).not.toHaveLength(0);
  for (const object of objects) expect(errorsOf(object.kind as Kind, object)).toEqual([]);
});

test('there is a sample of each kind', () => {
  expect(new Set(samples.flatMap(ofSamples).map(({ kind }) => kind))).toEqual(new Set(kinds));
});
