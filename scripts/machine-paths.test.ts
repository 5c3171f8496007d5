import { expect, test } from 'vitest';
import { machinePaths } from './machine-paths.ts';

test.each([
  ['a home folder', 'cd /home/jo/src', '/home/jo/'],
  ['a home folder on macOS', 'cd /Users/Jo/src', '/Users/Jo/'],
  ['a hidden folder of root', 'ls /root/.cache', '/root/.c'],
  ['the checkout itself', 'sh /builds/squall/scripts/demo', '/builds/squall'],
  [
    'a package of a registry that others may not reach',
    '"resolved": "https://npm.example/a.tgz"',
    'https://npm.example/a.tgz',
  ],
])('%s is found', (_, line, what) => {
  expect(machinePaths('a.md', `first\n${line}\n`, '/builds/squall')).toEqual([`a.md:2: ${what}`]);
});

test.each([
  'HOME=/root sh',
  'ls ~/.cache $HOME/.cache',
  'switch_root /root /bin/sh',
  '"resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz"',
])('%s holds on every machine', (line) => {
  expect(machinePaths('a.md', line, '/builds/squall')).toEqual([]);
});
