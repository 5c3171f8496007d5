import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-uninstall-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs scripts/uninstall with a kubectl that notes its arguments and then does `body`. */
function uninstall(body: string) {
  const calls = join(folder, 'calls');
  writeFileSync(calls, '');
  const kubectl = `#!/bin/sh\nprintf '%s\\n' "$*" >>'${calls}'\n${body}\n`;
  writeFileSync(join(folder, 'kubectl'), kubectl, { mode: 0o755 });
  const { status, stderr } = spawnSync('scripts/uninstall', {
    env: { ...process.env, CLUSTER: 'current', PATH: `${folder}:${process.env['PATH']}` },
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, stderr, calls: readFileSync(calls, 'utf8').trimEnd().split('\n') };
}

test('a cluster that cannot be read is an error, and nothing is removed', () => {
  const { status, stderr, calls } = uninstall('echo "no route to host" >&2; exit 1');
  expect(status).toBe(1);
  expect(stderr).toContain('no route to host');
  expect(calls).toEqual(['get crd/chaosexperiments.squall.dev --ignore-not-found -o name']);
});

test('without the CRD there are no experiments to end, and the rest is removed', () => {
  const { status, calls } = uninstall('exit 0');
  expect(status).toBe(0);
  expect(calls.slice(1)).toEqual(['delete -k config/default --ignore-not-found --timeout=120s']);
});
