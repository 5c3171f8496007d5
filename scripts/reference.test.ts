import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PAGES, rewrite, tables, tablesOf } from './reference.ts';
import { cellsOf } from './table.ts';

const texts = new Map(PAGES.map((page) => [page, readFileSync(page, 'utf8')]));
const page = texts.get('docs/reference.md') ?? '';

test('the pages have each table of the code once', () => {
  const present = [...texts.values()].flatMap(tablesOf);
  expect(present.toSorted()).toEqual(Object.keys(tables).toSorted());
});

test.each(PAGES)('the tables of %s say what the code says: run make generate', async (name) => {
  const text = texts.get(name) ?? '';
  expect(text).toBe(await rewrite(text));
});

test.each(PAGES)('every row of the tables of %s says what it means', (name) => {
  const rows = (texts.get(name) ?? '').split('\n').filter((line) => line.startsWith('| `'));
  expect(rows.length).toBeGreaterThan(name === 'docs/reference.md' ? 150 : 30);
  expect(rows.filter((row) => cellsOf(row).at(-1) === '')).toEqual([]);
});

test('a row that the code does not have goes, one that it has comes', async () => {
  const edited = page.replace(/^\| `Elapsed`.*$/m, '| `Bygone` | Was there once. |');
  expect(edited).not.toBe(page);
  expect(await rewrite(edited)).toBe(page);
});

test('what people wrote about a thing stays', async () => {
  const edited = page.replace(/^(\| `squall.dev\/stop` \|).*$/m, '$1 Ends the run. |');
  expect(await rewrite(edited)).toContain('| `squall.dev/stop` | Ends the run. |');
});

test('a table that the code does not have is an error', async () => {
  await expect(rewrite('<!-- table: nothing -->\n<!-- end -->')).rejects.toThrow(
    'there is no table nothing',
  );
});
