import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.ts';

const require = createRequire(import.meta.url);

/** Node's own binary for Linux on this machine's processor, as npm delivers it. */
function nodeBinary(): string {
  return join(dirname(require.resolve(`node-linux-${process.arch}/package.json`)), 'bin/node');
}

/**
 * Makes the build context of images/controller afresh: the bundles, Node and the Dockerfile,
 * nothing else, so that an image cached by its context is rebuilt when one of them changes
 * and at no other time.
 */
export async function stageControllerImage(context: string): Promise<void> {
  rmSync(context, { recursive: true, force: true });
  mkdirSync(context, { recursive: true });
  copyFileSync('images/controller/Dockerfile', join(context, 'Dockerfile'));
  copyFileSync(nodeBinary(), join(context, 'node'));
  for (const [entry, file] of [
    ['src/controller/main.ts', 'controller.mjs'],
    ['webhook/main.ts', 'webhook.mjs'],
  ] as const) {
    await bundle({ entry, outfile: join(context, file), failpoints: false });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { out: { type: 'string', default: 'build/controller-image' } },
  });
  await stageControllerImage(values.out);
}
