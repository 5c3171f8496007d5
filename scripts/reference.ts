import { readFileSync, writeFileSync } from 'node:fs';
import type { Registry } from 'prom-client';
import * as annotations from '../src/api/v1alpha1/annotations.ts';
import { chaosExperimentSchema } from '../src/api/v1alpha1/chaos-experiment-schema.generated.ts';
import { conditionTypes } from '../src/api/v1alpha1/conditions.ts';
import { FINAL_PHASES, PHASES } from '../src/api/v1alpha1/phases.ts';
import { podStates } from '../src/api/v1alpha1/pod-states.ts';
import {
  acceptedReasons,
  degradedReasons,
  eventReasons,
  injectedReasons,
  podReasons,
  recoveredReasons,
  rejectionReasons,
  safetyReasons,
} from '../src/api/v1alpha1/reasons.ts';
import { safetyPolicySchema } from '../src/api/v1alpha1/safety-policy-schema.generated.ts';
import { USAGE as CONTROLLER_USAGE } from '../src/controller/flags.ts';
import { agentReasons } from '../src/domain/agent/report.ts';
import { cleanupOutcomes } from '../src/domain/lifecycle/notices.ts';
import { kubeErrorTable } from '../src/kube/errors.ts';
import { createMetrics } from '../src/telemetry/metrics.ts';
import { USAGE as WEBHOOK_USAGE } from '../webhook/flags.ts';
import { createWebhookMetrics } from '../webhook/metrics.ts';
import { answerCodes } from '../webhook/server.ts';
import { messages, policyWarnings, startMessages, webhookMessages } from './safety-messages.ts';
import { initial, type PolicyField, rules, waysOut } from './safety-tables.ts';
import { code, ofNames, ofTexts, render, type Row, type Table } from './table.ts';

/** The pages that have tables of the code. */
export const PAGES = ['docs/reference.md', 'docs/safety.md'];

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

const FIELD_HEADING = ['Field', 'Takes', 'Default', 'Meaning'];

function specTable(schema: Schema): Table {
  return { heading: FIELD_HEADING, rows: fields(schema, '') };
}

/** The defaults of a policy are compiled in, and hold where no policy sets the field. */
function policySpecTable(): Table {
  const { properties } = safetyPolicySchema.properties.spec;
  const rows = fields(safetyPolicySchema.properties.spec, '');
  return {
    heading: FIELD_HEADING,
    rows: Object.keys(properties).map((name, i): Row => {
      const [field = '', type = '', , meaning = ''] = rows[i] ?? [];
      return [field, type, initial(name as PolicyField), meaning];
    }),
  };
}

function statusTable(schema: Schema): Table {
  return {
    heading: FIELD_HEADING.filter((column) => column !== 'Default'),
    rows: fields(schema, '').map(
      ([field, type = '', , meaning = '']): Row => [field, type, meaning],
    ),
  };
}

/** A line of the usage, such as "  --workers N    how many". */
function flags(usage: string): Table {
  const lines = [...usage.matchAll(/^ +(--\S+(?: [A-Z]+)?) {2,}(.+)$/gm)];
  return {
    heading: ['Flag', 'Meaning'],
    rows: lines.map(([, flag = '', meaning = '']): Row => [code(flag), meaning]),
  };
}

function controllerMetrics(): Table {
  const { registry, queue } = createMetrics({
    injectedPods: () => 0,
    cleanupOutcomes,
    runOutcomes: FINAL_PHASES,
  });
  queue('chaosexperiment');
  return metrics(registry);
}

function metrics(registry: Registry): Table {
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

/** Every table of the pages, made from the code that it describes. */
export const tables: Readonly<Record<string, () => Table | Promise<Table>>> = {
  spec: () => specTable(chaosExperimentSchema.properties.spec),
  status: () => statusTable(chaosExperimentSchema.properties.status),
  marks: () => ofNames('Mark', Object.values(annotations).toSorted()),
  'policy-spec': policySpecTable,
  'policy-status': () => statusTable(safetyPolicySchema.properties.status),
  phases: () => ofNames('Phase', PHASES),
  'pod-states': () => ofTexts('State', podStates),
  conditions: () => ofTexts('Condition', conditionTypes),
  'accepted-reasons': () => ofTexts('Reason', acceptedReasons),
  'safety-reasons': () => ofTexts('Reason', safetyReasons),
  'injected-reasons': () => ofTexts('Reason', injectedReasons),
  'recovered-reasons': () => ofTexts('Reason', recoveredReasons),
  'degraded-reasons': () => ofTexts('Reason', degradedReasons),
  'rejection-reasons': () => ofTexts('Reason', rejectionReasons),
  'pod-reasons': () => ofTexts('Reason', podReasons),
  'agent-reasons': () => ofNames('Reason', agentReasons),
  'event-reasons': () => ofTexts('Event', eventReasons),
  'cleanup-outcomes': () => ofNames('Outcome', cleanupOutcomes),
  metrics: controllerMetrics,
  flags: () => flags(CONTROLLER_USAGE),
  'webhook-metrics': () => metrics(createWebhookMetrics().registry),
  'webhook-flags': () => flags(WEBHOOK_USAGE),
  'webhook-codes': () => ofNames('Code', answerCodes),
  'api-errors': () =>
    ofTexts('Code', Object.fromEntries(kubeErrorTable.map(({ code: c, meaning }) => [c, meaning]))),
  'safety-rules': rules,
  'safety-messages': messages,
  'webhook-messages': webhookMessages,
  'policy-warnings': policyWarnings,
  'start-messages': startMessages,
  'ways-out': waysOut,
};

const MARKED = /<!-- table: (\S+) -->\n([\s\S]*?)\n?<!-- end -->/g;

/** Names of the tables that the page has. */
export function tablesOf(page: string): string[] {
  return [...page.matchAll(MARKED)].map(([, name = '']) => name);
}

/** The page with every marked table as the code has it; what people wrote is kept. Rejects for a name nobody knows. */
export async function rewrite(page: string): Promise<string> {
  const made = new Map<string, Table>();
  for (const name of tablesOf(page)) {
    const table = tables[name];
    if (table === undefined) throw new Error(`there is no table ${name}`);
    made.set(name, await table());
  }
  return page.replace(MARKED, (old, name: string, body: string) => {
    const table = made.get(name);
    return table ? `<!-- table: ${name} -->\n${render(table, body)}\n<!-- end -->` : old;
  });
}

if (import.meta.main) {
  for (const page of PAGES) writeFileSync(page, await rewrite(readFileSync(page, 'utf8')));
}
