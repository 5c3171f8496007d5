import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const pages = ['README.md', ...globSync('docs/**/*.md')];

/** How GitHub names the anchor of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** Where a link leads, when it leads nowhere. */
function isBroken(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(file)) return true;
  return anchor !== undefined && !anchorsOf(readFileSync(file, 'utf8')).includes(anchor);
}

const code = /```[\s\S]*?```/g;

test.each(pages)('%s: every link inside the project leads somewhere', (page) => {
  const text = readFileSync(page, 'utf8').replace(code, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  const inside = targets.filter((target) => !/^https?:/.test(target));
  expect(inside.filter((target) => isBroken(page, target))).toEqual([]);
});

test.each(pages)('%s: every folder and file that it names is there', (page) => {
  const text = readFileSync(page, 'utf8');
  const named = [
    ...text.matchAll(/`((?:src|images|config|samples|e2e|scripts|docs)(?:\/[\w.-]+)*)`/g),
  ];
  expect(named.map(([, path = '']) => path).filter((path) => !existsSync(path))).toEqual([]);
});

test.each(pages)('%s: every target of make that it names is there', (page) => {
  const targets = new Set(
    [...readFileSync('Makefile', 'utf8').matchAll(/^([a-z0-9-]+):/gm)].map(([, name]) => name),
  );
  const named = [...readFileSync(page, 'utf8').matchAll(/^make ([a-z0-9-]+)|`make ([a-z0-9-]+)/gm)];
  expect(named.map(([, a, b]) => a ?? b).filter((name) => !targets.has(name))).toEqual([]);
});
