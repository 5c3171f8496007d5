import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { commandsOf } from '../../support/doc-commands.ts';
import { run } from '../../support/lab.ts';
import { useSuite } from '../../support/suite.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Each in a namespace of its own: pages may use the same names. */
const pages = [
  { page: 'README.md', suite: useSuite('readme') },
  { page: 'docs/operations.md', suite: useSuite('operations') },
  { page: 'docs/scenarios.md', suite: useSuite('scenarios') },
];

test.each(pages)(
  'the commands of $page work, one after another',
  { timeout: 360_000 },
  async ({ page, suite }) => {
    const blocks = commandsOf(await readFile(join(ROOT, page), 'utf8'));
    expect(blocks.length).toBeGreaterThan(0);
    const folder = await mkdtemp(join(tmpdir(), 'squall-docs-'));
    try {
      // The reader's kubectl, with the reader's namespace.
      const kubectl = join(folder, 'kubectl');
      const lab = join(ROOT, 'e2e/lab/lab');
      await writeFile(
        kubectl,
        `#!/bin/sh\nexec ${lab} kubectl --namespace=${suite.namespace} "$@"\n`,
      );
      await chmod(kubectl, 0o755);
      const script = `cd ${ROOT}; PATH=${folder}:$PATH; set -euxo pipefail\n${blocks.join('\n')}`;
      const { exitCode, stdout, stderr } = await run('bash', ['-c', script], {
        timeoutMs: 330_000,
      });
      const last = stderr.split('\n').slice(-20).join('\n');
      expect(exitCode, `${stdout}\n${last}\n${exitCode === 0 ? '' : await suite.describe()}`).toBe(
        0,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
