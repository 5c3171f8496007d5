import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { conditionTypes } from '../src/api/v1alpha1/conditions.ts';
import { PHASES } from '../src/api/v1alpha1/phases.ts';
import {
  acceptedReasons,
  podReasons,
  rejectionReasons,
  safetyReasons,
} from '../src/api/v1alpha1/reasons.ts';
import { safetyPolicySchema } from '../src/api/v1alpha1/safety-policy-schema.generated.ts';
import { USAGE as CONTROLLER_USAGE } from '../src/controller/flags.ts';
import { DEFAULTS } from '../src/domain/safety/limits.ts';
import { USAGE as WEBHOOK_USAGE } from '../webhook/flags.ts';
import { rewrite } from './reference.ts';
import { messages } from './safety-messages.ts';
import { cellsOf } from './table.ts';

const page = readFileSync('docs/safety.md', 'utf8');

/** The rows of a marked table, without its heading. */
function rowsOf(name: string): string[][] {
  const [, body = ''] = page.split(`<!-- table: ${name} -->\n`);
  const [table = ''] = body.split('\n<!-- end -->');
  return table.split('\n').slice(2).map(cellsOf);
}

const plain = (cell = '') => cell.replaceAll('`', '');
const rules = rowsOf('safety-rules');
const spec = safetyPolicySchema.properties.spec.properties;

test('the page has every rule that there is, and no other', () => {
  const named = rules.map(([rule]) => plain(rule));
  expect(named).toEqual([...Object.keys(safetyReasons), 'Queued', 'NotOptedIn']);
});

test('each example breaks one rule, and each rule has one', async () => {
  const { rows } = await messages();
  expect([...new Set(rows.map(([rule]) => plain(rule)))]).toEqual(Object.keys(safetyReasons));
  const shown = rowsOf('safety-messages');
  expect(shown).toEqual(rows);
});

test('the defaults on the page, and those in the words of the CRD, are those of the code', () => {
  for (const [field, value] of Object.entries(DEFAULTS)) {
    const [, , shown] = rules.find(([, name]) => plain(name) === field) ?? [];
    const { description } = spec[field as keyof typeof DEFAULTS];
    if (typeof value === 'object') {
      expect(plain(shown).split(', ')).toEqual([...value].toSorted());
      for (const one of value) expect(description).toContain(one);
      continue;
    }
    // No rule is about overrides, so they have no row.
    if (field !== 'allowOverrides') expect(plain(shown)).toBe(String(value));
    if (field !== 'halt') expect(description).toMatch(new RegExp(`default is ${value}\\b`));
  }
});

test.each([
  ['a default', '`100`', '`99`'],
  ['a message', 'above maxDuration 1h', 'above maxDuration 2h'],
  ['a rule', '| `MaxPodsExceeded` | `maxPods` |', '| `TooManyPods` | `maxPods` |'],
])('%s that differs from the code is found', async (_name, there, instead) => {
  expect(page).toContain(there);
  const edited = page.replace(there, instead);
  expect(await rewrite(edited)).not.toBe(edited);
});

test('the defaults that the README tells are those of the code', () => {
  const readme = readFileSync('README.md', 'utf8');
  const { maxPods, maxDuration, maxLossPercentage, maxConcurrentExperiments } = DEFAULTS;
  for (const words of [
    ...DEFAULTS.protectedNamespaces.map((name) => `\`${name}\``),
    `hits ${maxPods} pods at most, for ${maxDuration} at most`,
    `a loss above ${maxLossPercentage} %`,
    `${maxConcurrentExperiments} run at a time`,
  ]) {
    expect(readme).toContain(words);
  }
});

test('every field of a SafetyPolicy is on the page', () => {
  expect(Object.keys(spec).filter((field) => !page.includes(field))).toEqual([]);
});

test('every reason, phase and kind that the page names exists', () => {
  const known = new Set([
    ...[acceptedReasons, rejectionReasons, podReasons, conditionTypes].flatMap(Object.keys),
    ...PHASES,
    'Allow',
    'Deny',
    'Ignore',
    'Fail',
    'ChaosExperiment',
    'SafetyPolicy',
  ]);
  const named = [...page.matchAll(/`([A-Z][a-zA-Z]+)`/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test.each(['docs/safety.md', 'docs/operations.md', 'docs/architecture.md'])(
  'every flag of ours that %s names exists',
  (name) => {
    const flags = new Set(
      [...`${CONTROLLER_USAGE}${WEBHOOK_USAGE}`.matchAll(/--[a-z-]+/g)].map(([flag]) => flag),
    );
    const named = [...readFileSync(name, 'utf8').matchAll(/`(--[a-z-]+)`/g)];
    expect(named.map(([, flag = '']) => flag).filter((flag) => !flags.has(flag))).toEqual([]);
  },
);

test('the words of the requester policy are those that the API server says', () => {
  const says = 'may not patch pods/ephemeralcontainers in ';
  expect(page).toContain(`\`user USER ${says}namespace NAMESPACE`);
  expect(readFileSync('config/policy/requester.yaml', 'utf8')).toContain(`' ${says}'`);
});
