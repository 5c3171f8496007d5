import { globSync, readFileSync, statSync } from 'node:fs';

/** Folders that exist for one person on one machine. */
const personal = [/\/home\/[a-z][\w.-]*\//, /\/Users\/[A-Za-z][\w.-]*\//, /\/root\/\.\w/];

/** Where the lock file may take packages from; an entry without an address is taken from the reader's own registry. */
const PUBLIC_REGISTRY = 'https://registry.npmjs.org/';

/** What in the text holds on the machine of its author only, as `path:line: what`. */
export function machinePaths(path: string, text: string, checkout: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const own = line.includes(`${checkout}/`) ? checkout : undefined;
    const found =
      own ??
      personal.map((pattern) => pattern.exec(line)?.[0]).find((match) => match !== undefined);
    const resolved = /"resolved": "(https?:[^"]+)"/.exec(line)?.[1];
    const foreign = resolved?.startsWith(PUBLIC_REGISTRY) === false ? resolved : undefined;
    const what = found ?? foreign;
    return what === undefined ? [] : [`${path}:${index + 1}: ${what}`];
  });
}

/** Exits 1 and prints a line for each such path in the project's files. */
if (import.meta.main) {
  const paths = globSync(['**', '.ci/**', '.*'], {
    exclude: (path) => /^(node_modules|build|\.git)(\/|$)/.test(path),
  });
  const found = paths
    .filter((path) => statSync(path).isFile() && !path.endsWith('machine-paths.test.ts'))
    .flatMap((path) => machinePaths(path, readFileSync(path, 'utf8'), process.cwd()));
  for (const line of found) console.error(line);
  if (found.length > 0) process.exitCode = 1;
}
