import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { generateAll } from './generate.ts';

/**
 * Generates anew, in memory, and compares with the files here, in both directions. Exits 1 and
 * prints the difference when a generated file is stale, edited, missing or left over.
 */
const generated = await generateAll();
const paths = new Set([...globSync('src/api/**/*.generated.ts'), ...Object.keys(generated)]);
for (const path of [...paths].toSorted()) {
  const { status, stdout, stderr } = spawnSync('diff', ['-uN', path, '-'], {
    input: generated[path] ?? '',
    encoding: 'utf8',
  });
  if (status === 0) continue;
  console.error(`${path} is not what npm run generate makes of config/crd:\n${stdout}${stderr}`);
  process.exitCode = 1;
}
