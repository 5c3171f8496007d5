import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cellsOf, PAGE, rewrite, tables, tablesOf } from './reference.ts';

const page = readFileSync(PAGE, 'utf8');

test('the page has each table of the code once', () => {
  expect(tablesOf(page).toSorted()).toEqual(Object.keys(tables).toSorted());
});

test('its tables say what the code says, no more and no less: run make generate', () => {
  expect(page).toBe(rewrite(page));
});

test('every row of them says what it means', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows.length).toBeGreaterThan(100);
  expect(rows.filter((row) => cellsOf(row).at(-1) === '')).toEqual([]);
});

test('a row that the code does not have goes, one that it has comes', () => {
  const edited = page.replace(/^\| `Elapsed`.*$/m, '| `Bygone` | Was there once. |');
  expect(rewrite(edited)).toBe(page);
});

test('what people wrote about a thing stays', () => {
  const edited = page.replace(/^(\| `squall.dev\/stop` \|).*$/m, '$1 Ends the run. |');
  expect(rewrite(edited)).toContain('| `squall.dev/stop` | Ends the run. |');
});

test('a table that the code does not have is an error', () => {
  expect(() => rewrite('<!-- table: nothing -->\n<!-- end -->')).toThrow(
    'there is no table nothing',
  );
});
