import { readFileSync, writeFileSync } from 'node:fs';
import * as annotations from '../src/api/v1alpha1/annotations.ts';
import { FINAL_PHASES, PHASES } from '../src/api/v1alpha1/phases.ts';
import { conditionTypes } from '../src/api/v1alpha1/conditions.ts';
import { podStates } from '../src/api/v1alpha1/pod-states.ts';
import {
  acceptedReasons,
  degradedReasons,
  eventReasons,
  injectedReasons,
  podReasons,
  recoveredReasons,
  rejectionReasons,
} from '../src/api/v1alpha1/reasons.ts';
import { chaosExperimentSchema } from '../src/api/v1alpha1/schema.generated.ts';
import { USAGE } from '../src/controller/flags.ts';
import { agentReasons } from '../src/domain/agent/report.ts';
import { cleanupOutcomes } from '../src/domain/lifecycle/notices.ts';
import { kubeErrorTable } from '../src/kube/errors.ts';
import { createMetrics } from '../src/telemetry/metrics.ts';

export const PAGE = 'docs/reference.md';

/** Cells of one row. The first names the thing; an empty last one is for people to write, and is kept. */
type Row = readonly [string, ...string[]];

interface Table {
  readonly heading: readonly string[];
  readonly rows: readonly Row[];
}

/** A node of the JSON Schema, as far as a reader of the page needs it. */
interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
}

const code = (text: string) => `\`${text}\``;

const ofTexts = (heading: string, texts: Readonly<Record<string, string>>): Table => ({
  heading: [heading, 'Meaning'],
  rows: Object.entries(texts).map(([name, text]): Row => [code(name), text]),
});

const ofNames = (heading: string, names: readonly string[]): Table => ({
  heading: [heading, 'Meaning'],
  rows: names.map((name): Row => [code(name), '']),
});

function takes(schema: Schema): string {
  if (schema['x-kubernetes-int-or-string']) return 'integer or string';
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.type === 'array') return `list of ${schema.items?.title ?? schema.items?.type}`;
  return schema.title !== undefined && schema.type === 'object' ? schema.title : `${schema.type}`;
}

const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** Written out where it occurs first; of the Kubernetes type everybody knows the inside. */
const OPAQUE = 'LabelSelector';

function fields(schema: Schema, path: string): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]): Row[] => {
    const must = schema.required?.includes(name) === true ? 'required' : '';
    const initial = child.default === undefined ? must : code(plain(child.default));
    const row: Row = [code(`${path}${name}`), takes(child), initial, child.description ?? ''];
    if (child.title === OPAQUE) return [row];
    const inner = child.items ?? child;
    return [row, ...fields(inner, `${path}${name}${child.items === undefined ? '' : '[]'}.`)];
  });
}

function fieldTable(name: 'spec' | 'status'): Table {
  const schema: Schema = chaosExperimentSchema.properties[name];
  const heading = ['Field', 'Takes', 'Default', 'Meaning'];
  const rows = fields(schema, '');
  if (name === 'spec') return { heading, rows };
  return {
    heading: heading.filter((column) => column !== 'Default'),
    rows: rows.map(([field, type = '', , meaning = '']): Row => [field, type, meaning]),
  };
}

/** A line of the usage, such as "  --workers N    how many". */
function flags(): Table {
  const lines = [...USAGE.matchAll(/^ +(--\S+(?: [A-Z]+)?) {2,}(.+)$/gm)];
  return {
    heading: ['Flag', 'Meaning'],
    rows: lines.map(([, flag = '', meaning = '']): Row => [code(flag), meaning]),
  };
}

function metrics(): Table {
  const { registry, queue } = createMetrics({ cleanupOutcomes, runOutcomes: FINAL_PHASES });
  queue('chaosexperiment');
  const rows = registry.getMetricsAsArray().map((metric): Row => {
    const { name, help, type } = metric as typeof metric & { readonly type: string };
    const { labelNames = [] } = metric as { readonly labelNames?: readonly string[] };
    return [code(name), type, labelNames.map(code).join(', '), help];
  });
  return {
    heading: ['Metric', 'Type', 'Labels', 'Meaning'],
    rows: rows.toSorted(([a], [b]) => (a < b ? -1 : 1)),
  };
}

/** Every table of the page, made from the code that it describes. */
export const tables: Readonly<Record<string, () => Table>> = {
  spec: () => fieldTable('spec'),
  status: () => fieldTable('status'),
  marks: () => ofNames('Mark', Object.values(annotations).toSorted()),
  phases: () => ofNames('Phase', PHASES),
  'pod-states': () => ofTexts('State', podStates),
  conditions: () => ofTexts('Condition', conditionTypes),
  'accepted-reasons': () => ofTexts('Reason', acceptedReasons),
  'injected-reasons': () => ofTexts('Reason', injectedReasons),
  'recovered-reasons': () => ofTexts('Reason', recoveredReasons),
  'degraded-reasons': () => ofTexts('Reason', degradedReasons),
  'rejection-reasons': () => ofTexts('Reason', rejectionReasons),
  'pod-reasons': () => ofTexts('Reason', podReasons),
  'agent-reasons': () => ofNames('Reason', agentReasons),
  'event-reasons': () => ofTexts('Event', eventReasons),
  'cleanup-outcomes': () => ofNames('Outcome', cleanupOutcomes),
  metrics,
  flags,
  'api-errors': () =>
    ofTexts('Code', Object.fromEntries(kubeErrorTable.map(({ code: c, meaning }) => [c, meaning]))),
};

/** The cells of a Markdown table row. */
export function cellsOf(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

function render({ heading, rows }: Table, written: ReadonlyMap<string, string>): string {
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

const MARKED = /<!-- table: (\S+) -->\n([\s\S]*?)\n?<!-- end -->/g;

/** Names of the tables that the page has. */
export function tablesOf(page: string): string[] {
  return [...page.matchAll(MARKED)].map(([, name = '']) => name);
}

/** The page with every marked table as the code has it; what people wrote is kept. Throws on a name nobody knows. */
export function rewrite(page: string): string {
  return page.replace(MARKED, (_, name: string, old: string) => {
    const table = tables[name];
    if (table === undefined) throw new Error(`${PAGE}: there is no table ${name}`);
    const rows = old.split('\n').map(cellsOf);
    const written = new Map(rows.map((cells) => [cells[0] ?? '', cells.at(-1) ?? '']));
    return `<!-- table: ${name} -->\n${render(table(), written)}\n<!-- end -->`;
  });
}

if (import.meta.main) writeFileSync(PAGE, rewrite(readFileSync(PAGE, 'utf8')));
