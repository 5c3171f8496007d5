import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SOURCES } from './generate.ts';

const CRD = 'config/crd/chaosexperiments.squall.dev.yaml';
const TYPES = 'src/api/v1alpha1/chaos-experiment.generated.ts';
const SCHEMA = 'src/api/v1alpha1/chaos-experiment-schema.generated.ts';
const LEFT_OVER = 'src/api/v1alpha1/old.generated.ts';

// A second of work; many on a machine whose processors emulate another.
vi.setConfig({ testTimeout: 60_000 });

let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'squall-checkout-'));
  for (const { crd, types, schema } of SOURCES) {
    for (const path of [crd, types, schema]) cpSync(path, join(checkout, path));
  }
});

afterEach(() => rmSync(checkout, { recursive: true }));

const verify = () => {
  const script = join(import.meta.dirname, 'verify-generated.ts');
  const { status, stderr } = spawnSync(process.execPath, [script], {
    cwd: checkout,
    encoding: 'utf8',
  });
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

test('generated files that are edited, missing or left over are reported', () => {
  appendFileSync(join(checkout, TYPES), 'export type Edited = true;\n');
  rmSync(join(checkout, SCHEMA));
  writeFileSync(join(checkout, LEFT_OVER), 'export {};\n');
  const { status, stderr } = verify();
  expect(status).toBe(1);
  expect(stderr).toContain('-export type Edited');
  expect(stderr).toContain('+export const chaosExperimentSchema');
  expect(stderr).toContain(`${LEFT_OVER} is not what npm run generate makes`);
});
