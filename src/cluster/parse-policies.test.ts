import { readFileSync } from 'node:fs';
import { dump } from 'js-yaml';
import { expect, it } from 'vitest';
import { parsePolicies } from './parse-policies.ts';

const policy = (name: string, spec: object = {}) => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'SafetyPolicy',
  metadata: { name },
  spec,
});
const strict = policy('strict', { maxPods: 1, halt: true });
const other = policy('other', { maxDuration: '30s' });

it.each<[string, string, readonly object[]]>([
  ['one document', dump(strict), [strict]],
  ['several documents', `${dump(strict)}---\n${dump(other)}`, [strict, other]],
  ['a list', dump([strict, other]), [strict, other]],
  ['JSON', JSON.stringify([strict]), [strict]],
  ['an empty list, which leaves the defaults', '[]\n', []],
])('takes %s', (_, text, policies) => {
  expect(parsePolicies('p.yaml', text)).toEqual(policies);
});

it.each<[string, string, string]>([
  ['nothing', '', 'p.yaml: holds no policy: takes SafetyPolicy documents, or [] for the defaults'],
  ['only a comment', '# later\n---\n', 'p.yaml: holds no policy'],
  ['no YAML', 'spec: [', 'p.yaml: takes YAML or JSON: '],
  ['a text', 'halt\n', 'p.yaml: policy 1: document: must be object'],
  [
    'an empty document beside a policy',
    `${dump(strict)}---\n`,
    'policy 2: document: must be object',
  ],
  ['another kind', dump({ ...strict, kind: 'ConfigMap' }), 'policy strict: kind: must be equal to'],
  [
    'no name',
    dump({ ...strict, metadata: {} }),
    "policy 1: metadata: must have required property 'name'",
  ],
  ['no spec', dump({ ...strict, spec: undefined }), "must have required property 'spec'"],
  ['a field that is none', dump(policy('a', { maxPod: 1 })), 'policy a: spec: has no field maxPod'],
  ['a wrong type', dump(policy('a', { halt: 'yes' })), 'policy a: spec.halt: must be boolean'],
  [
    'a value out of range',
    dump(policy('a', { maxLossPercentage: 90 })),
    'spec.maxLossPercentage: takes a percentage from 0.0001 to 40',
  ],
  [
    'one wrong of two',
    dump([strict, policy('b', { maxPods: 0 })]),
    'policy b: spec.maxPods: takes',
  ],
  ['a name twice', dump([strict, strict]), 'p.yaml: has two policies strict: takes one of a name'],
])('refuses %s', (_, text, message) => {
  expect(() => parsePolicies('p.yaml', text)).toThrow(message);
});

interface Row {
  readonly it: string;
  readonly spec: Record<string, unknown> | null;
}

const rows = (file: string) =>
  (
    JSON.parse(
      readFileSync(new URL(`../../config/crd/testdata/${file}.json`, import.meta.url), 'utf8'),
    ) as Row[]
  ).map((row) => [row.it, withoutNulls(row.spec)] as const);

/** A row is a merge patch of an empty spec. */
function withoutNulls(spec: Row['spec']): object | undefined {
  if (spec === null) return undefined;
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== null));
}

it.each(rows('policy-accepted'))('takes what the API server does: %s', (_, spec) => {
  expect(parsePolicies('p.yaml', JSON.stringify(policy('a', spec)))).toHaveLength(1);
});

it.each(rows('policy-refused'))('refuses what the API server does: %s', (_, spec) => {
  const text = JSON.stringify({ ...policy('a'), spec });
  expect(() => parsePolicies('p.yaml', text)).toThrow(TypeError);
});
