import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const CRD = 'config/crd/chaosexperiments.squall.dev.yaml';
const TYPES = 'src/api/v1alpha1/chaos-experiment.generated.ts';

let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'squall-checkout-'));
  for (const path of ['config/crd', 'src/api'])
    cpSync(path, join(checkout, path), { recursive: true });
});

afterEach(() => rmSync(checkout, { recursive: true }));

const verify = () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'verify-generated.ts')],
    {
      cwd: checkout,
      encoding: 'utf8',
    },
  );
  return { status, stderr };
};

test('the generated files are what the CRD makes', () => {
  expect(verify()).toEqual({ status: 0, stderr: '' });
});

test('a change of the CRD alone is reported with its difference', () => {
  const crd = readFileSync(join(checkout, CRD), 'utf8');
  writeFileSync(join(checkout, CRD), crd.replaceAll('- Abandoned', '- Forsaken'));
  const { status, stderr } = verify();
  expect(status).toBe(1);
  expect(stderr).toContain(`${TYPES} is not what npm run generate makes of config/crd`);
  expect(stderr).toMatch(/^\+.*'Forsaken'/m);
});

test('an edit of a generated file is reported', () => {
  appendFileSync(join(checkout, TYPES), 'export type Edited = true;\n');
  expect(verify()).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('-export type Edited'),
  });
});

test('a generated file that is missing is reported', () => {
  rmSync(join(checkout, TYPES));
  expect(verify()).toMatchObject({ status: 1, stderr: expect.stringContaining(TYPES) });
});

test('a generated file that nothing makes any more is reported', () => {
  writeFileSync(join(checkout, 'src/api/v1alpha1/old.generated.ts'), 'export {};\n');
  expect(verify()).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('old.generated.ts'),
  });
});
