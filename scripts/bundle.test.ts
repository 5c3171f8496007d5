import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { failpoints } from '../src/controller/failpoint.ts';
import { bundle } from './bundle.ts';

// A second of work; many on a machine whose processors emulate another.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-bundle-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

async function bundled(options: { failpoints: boolean }): Promise<string> {
  const outfile = join(folder, `failpoints-${options.failpoints}.mjs`);
  await bundle({ entry: 'src/controller/main.ts', outfile, ...options });
  return readFileSync(outfile, 'utf8');
}

test('a release contains no failpoint and nothing of their switch', async () => {
  const text = await bundled({ failpoints: false });
  expect(failpoints.filter((name) => text.includes(name))).toEqual([]);
  expect(text).not.toContain('SQUALL_FAILPOINT');
});

test('the bundle for tests contains every failpoint', async () => {
  const text = await bundled({ failpoints: true });
  expect(failpoints.filter((name) => !text.includes(name))).toEqual([]);
  expect(text).toContain('SQUALL_FAILPOINT');
});
