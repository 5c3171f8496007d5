import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Generates into an empty directory and compares with the files here, in both directions.
 * Exits 1 and prints the difference when a generated file is stale, edited, missing or left over.
 */
const fresh = mkdtempSync(join(tmpdir(), 'squall-generated-'));
try {
  execFileSync(process.execPath, [join(import.meta.dirname, 'generate.ts'), '--out', fresh], {
    stdio: 'inherit',
  });
  const generated = (directory: string) =>
    globSync('src/api/**/*.generated.ts', { cwd: directory });
  const paths = [...new Set([...generated('.'), ...generated(fresh)])].toSorted();
  for (const path of paths) {
    const { status, stdout, stderr } = spawnSync('diff', ['-uN', path, join(fresh, path)], {
      encoding: 'utf8',
    });
    if (status === 0) continue;
    console.error(`${path} is not what npm run generate makes of config/crd:\n${stdout}${stderr}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(fresh, { recursive: true });
}
