/** Cells of one row. The first names the thing; an empty last one is for people to write, and is kept. */
export type Row = readonly [string, ...string[]];

/** A table of a page, as the code has it. */
export interface Table {
  readonly heading: readonly string[];
  readonly rows: readonly Row[];
}

/** As code in Markdown. */
export const code = (text: string) => `\`${text}\``;

/** Names with their meanings. */
export const ofTexts = (heading: string, texts: Readonly<Record<string, string>>): Table => ({
  heading: [heading, 'Meaning'],
  rows: Object.entries(texts).map(([name, text]): Row => [code(name), text]),
});

/** Names whose meanings people write. */
export const ofNames = (heading: string, names: readonly string[]): Table => ({
  heading: [heading, 'Meaning'],
  rows: names.map((name): Row => [code(name), '']),
});

/** The cells of a Markdown table row. */
export function cellsOf(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

/** The table in Markdown; where its last cells are empty, with what `old`, the same table as it stood, has there. */
export function render({ heading, rows }: Table, old: string): string {
  const written = new Map(
    old.split('\n').map((text) => {
      const cells = cellsOf(text);
      return [cells[0] ?? '', cells.at(-1) ?? ''];
    }),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replace(/(?<!\\)\|/g, '\\|')).join(' | ')} |`;
  return [
    line(heading),
    `|${heading.map(() => '---').join('|')}|`,
    ...rows.map((row) => {
      const meaning = row.at(-1) || (written.get(row[0]) ?? '');
      return line([...row.slice(0, -1), meaning]);
    }),
  ].join('\n');
}
