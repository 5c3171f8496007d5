import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { importsOf, violations } from './borders.ts';

test.each<[string, string, string, string]>([
  [
    'the domain takes from kube',
    'src/domain/a.ts',
    `import { KubeError } from '../kube/errors.ts';`,
    'domain must not know kube',
  ],
  [
    'the domain takes a type from kube',
    'src/domain/a.ts',
    `import type { Clock } from '../kube/clock.ts';`,
    'domain must not know kube',
  ],
  [
    'the API takes from the domain',
    'src/api/v1alpha1/a.ts',
    `import { decide } from '../../domain/decide.ts';`,
    'api must not know domain',
  ],
  [
    'kube takes from the controller, over two lines',
    'src/kube/a.ts',
    `import {\n  Runner,\n} from '../controller/runner.ts';`,
    'kube must not know controller',
  ],
  [
    'kube re-exports the controller',
    'src/kube/a.ts',
    `export * from '../controller/runner.ts';`,
    'kube must not know controller',
  ],
  [
    'kube imports the controller for its effect',
    'src/kube/a.ts',
    `import '../controller/main.ts';`,
    'kube must not know controller',
  ],
  [
    'kube imports the controller at run time',
    'src/kube/a.ts',
    `await import('../controller/main.ts');`,
    'kube must not know controller',
  ],
  [
    'telemetry takes a value from kube',
    'src/telemetry/a.ts',
    `import { WorkQueue } from '../kube/work-queue.ts';`,
    'telemetry may know kube by its types only (import type)',
  ],
  [
    'the domain takes a package',
    'src/domain/a.ts',
    `import { pino } from 'pino';`,
    'imports pino: domain is pure',
  ],
  [
    'the domain reads files',
    'src/domain/a.ts',
    `import { readFileSync } from 'node:fs';`,
    'imports node:fs: domain is pure',
  ],
  ['the domain reads the clock', 'src/domain/a.ts', 'const now = Date.now();', 'reads the clock'],
  [
    'the domain makes the present date',
    'src/domain/a.ts',
    'new Date().getTime()',
    'reads the clock',
  ],
  ['the domain is random', 'src/domain/a.ts', 'Math.random()', 'is random'],
  ['the domain sets a timer', 'src/domain/a.ts', 'setTimeout(next, 5)', 'sets a timer'],
  [
    'the injector does I/O',
    'src/injector/a.ts',
    `await fetch('https://kubernetes')`,
    'does I/O (fetch): injector is pure',
  ],
  [
    'a source takes what is for tests',
    'src/controller/a.ts',
    `import { aPod } from '../domain/targets/pod.builder.ts';`,
    'that is for tests',
  ],
  [
    'a source takes from the scripts',
    'src/controller/a.ts',
    `import { bundle } from '../../scripts/bundle.ts';`,
    'it belongs to no layer',
  ],
  ['a file is in a folder nobody knows', 'src/misc/a.ts', '', 'misc is no known layer'],
])('%s: refused', (_, path, source, message) => {
  expect(violations(path, source)).toEqual([expect.stringContaining(message)]);
});

test.each<[string, string, string]>([
  ['the domain takes from the API', 'src/domain/a.ts', `import { P } from '../api/v1alpha1/p.ts';`],
  ['the domain hashes', 'src/domain/a.ts', `import { createHash } from 'node:crypto';`],
  ['the domain makes a date of a time it was given', 'src/domain/a.ts', 'new Date(now)'],
  [
    'telemetry takes a type from kube',
    'src/telemetry/a.ts',
    `import type { O } from '../kube/o.ts';`,
  ],
  ['the controller takes from all', 'src/controller/a.ts', `import { x } from '../injector/x.ts';`],
  ['the webhook takes from the domain', 'webhook/a.ts', `import { x } from '../src/domain/x.ts';`],
  ['a test takes what it needs', 'src/domain/a.test.ts', `import { test } from 'vitest';`],
  [
    'a comment mentions what is forbidden',
    'src/domain/a.ts',
    `/** Never Date.now(). */\n// import { x } from '../kube/x.ts';`,
  ],
])('%s: allowed', (_, path, source) => {
  expect(violations(path, source)).toEqual([]);
});

test('an address in a string is no comment', () => {
  const source = `const url = 'https://host/'; import { x } from '../kube/x.ts';`;
  expect(importsOf(source)).toEqual([{ specifier: '../kube/x.ts', typeOnly: false }]);
});

test('no file of the project crosses a border', () => {
  const paths = globSync(['src/**/*.ts', 'webhook/**/*.ts']);
  expect(paths.length).toBeGreaterThan(50);
  expect(paths.flatMap((path) => violations(path, readFileSync(path, 'utf8')))).toEqual([]);
});
