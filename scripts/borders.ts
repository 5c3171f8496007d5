import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/**
 * The folders of src (and webhook beside it), and what each may import of the others. Arrows point one way: nothing below
 * knows what is above.
 */
const layers: Readonly<Record<string, readonly string[]>> = {
  api: [],
  domain: ['api'],
  kube: ['api', 'domain'],
  injector: ['api', 'domain'],
  cluster: ['api', 'domain', 'kube'],
  telemetry: ['api', 'domain', 'kube'],
  program: ['telemetry'],
  controller: ['api', 'domain', 'kube', 'injector', 'cluster', 'telemetry', 'program'],
  webhook: ['api', 'domain', 'kube', 'injector', 'cluster', 'telemetry', 'program'],
  cli: ['api', 'domain', 'kube', 'injector', 'cluster', 'telemetry', 'program'],
};

/** Where a layer may know another by its types only: it is told what happens there and does nothing there. */
const typesOnly: Readonly<Record<string, readonly string[]>> = { telemetry: ['kube'] };

/** These compute and do nothing else: no package and no module of Node, except what has neither clock nor I/O. */
const pureLayers = ['api', 'domain', 'injector'];
const pureModules = ['node:crypto'];

/** What a pure layer must be given instead of taking it, in the form in which it appears in source text. */
const impurities: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/, 'reads the clock (Date.now)'],
  [/\bnew Date\(\s*\)/, 'reads the clock (new Date())'],
  [/(?<!new )\bDate\(\)/, 'reads the clock (Date())'],
  [/\bperformance\./, 'reads the clock (performance)'],
  [/\bMath\.random\b/, 'is random (Math.random)'],
  [/\brandom(Bytes|UUID|Int|FillSync)\b/, 'is random (node:crypto)'],
  [/\bset(Timeout|Interval|Immediate)\b/, 'sets a timer'],
  [/\bfetch\(/, 'does I/O (fetch)'],
  [/\bprocess\./, 'looks at its process'],
  [/\bconsole\./, 'prints (console)'],
];

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** Text as large as before, without comments and without the contents of strings that no import is made of. */
function withoutComments(source: string): string {
  return source.replace(
    /\/\*[\s\S]*?\*\/|('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\/[^\n]*/g,
    (_, literal: string | undefined) => literal ?? '',
  );
}

/** Static imports, re-exports and import() of a literal. */
export function importsOf(source: string): Import[] {
  const statement =
    /\b(?:(import|export)\s+(type\s+)?(?:[\w*${}\s,]+?\s+from\s+)?|import\s*\(\s*)['"]([^'"]+)['"]/g;
  return [...withoutComments(source).matchAll(statement)].map((match) => ({
    specifier: match[3] ?? '',
    typeOnly: match[2] !== undefined,
  }));
}

/** Tests and what only they use. */
const isTest = (path: string) =>
  /\.(test|builder|checks)\.ts$|\/test-[^/]+\.ts$|\/simulation\//.test(path);

/** The layer that a path belongs to; undefined outside of the layers. */
function layerOf(path: string): string | undefined {
  const [top, folder] = path.split('/');
  return top === 'src' ? folder : top === 'webhook' ? top : undefined;
}

/** What is wrong with one file, a line each; `path` is relative to the project's root, such as src/domain/a.ts. */
export function violations(path: string, source: string): string[] {
  const layer = layerOf(path) ?? '';
  if (layers[layer] === undefined) return [`${path}: ${layer || path} is no known layer`];
  const test = isTest(path);
  const pure = pureLayers.includes(layer) && !test;
  const found = importsOf(source).flatMap((one) => {
    const wrong = one.specifier.startsWith('.')
      ? wrongFile(path, layer, one, test)
      : pure && !pureModules.includes(one.specifier) && `${layer} is pure`;
    return wrong ? [`${path}: imports ${one.specifier}: ${wrong}`] : [];
  });
  if (!pure) return found;
  const code = withoutComments(source);
  const impure = impurities.filter(([pattern]) => pattern.test(code));
  return [...found, ...impure.map(([, what]) => `${path}: ${what}: ${layer} is pure`)];
}

function wrongFile(
  path: string,
  layer: string,
  { specifier, typeOnly }: Import,
  test: boolean,
): string | undefined {
  const file = normalize(join(dirname(path), specifier));
  if (!test && isTest(file)) return 'that is for tests';
  const other = layerOf(file);
  if (other === undefined) return test ? undefined : 'it belongs to no layer';
  if (other === layer) return undefined;
  if (!layers[layer]?.includes(other)) return `${layer} must not know ${other}`;
  if (!test && !typeOnly && typesOnly[layer]?.includes(other))
    return `${layer} may know ${other} by its types only (import type)`;
  return undefined;
}

/** Exits 1 and prints a line for each import, or use of the world, that crosses a border. */
if (import.meta.main) {
  const found = globSync(['src/**/*.ts', 'webhook/**/*.ts'])
    .toSorted()
    .flatMap((path) => violations(path, readFileSync(path, 'utf8')));
  for (const line of found) console.error(line);
  if (found.length > 0) process.exitCode = 1;
}
