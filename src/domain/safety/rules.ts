import type { ChaosExperiment } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { safetyReasons, type SafetyReason } from '../../api/v1alpha1/reasons.ts';
import { formatDuration, parseDuration } from '../duration.ts';
import { shorten } from '../shorten.ts';
import type { Namespaces } from '../targets/namespace.ts';
import { type PlannedPods, targetNamespaces } from '../targets/plan.ts';
import { matchesSelector } from '../targets/selector.ts';
import { selectorText } from './label.ts';
import { type Limits, named, origin } from './limits.ts';
import { outages } from './outage.ts';
import { percentageViolation } from './percentage.ts';

/** Everything that the rules look at. */
export interface Proposal {
  readonly namespace: string;
  readonly spec: ChaosExperiment['spec'];
  readonly planned: PlannedPods;
  readonly limits: Limits;
  readonly namespaces: Namespaces;
}

/** A rule that an experiment breaks: which, in which field, and what would pass. */
export interface Violation {
  readonly reason: SafetyReason;
  /** A path such as `spec.targets.count`. */
  readonly field: string;
  readonly message: string;
}

type Finding = Omit<Violation, 'reason'>;
type Rule = (proposal: Proposal) => readonly Finding[];

/** By reason; all are asked, in the order of the table of reasons. */
const rules: Readonly<Record<SafetyReason, Rule>> = {
  Halted: ({ spec, limits: { halt } }) =>
    halt.value && !spec.dryRun
      ? [
          {
            field: 'spec.dryRun',
            message: `everything is halted by ${origin(halt.by)}: only a dry run (true) is taken until halt is taken back`,
          },
        ]
      : [],

  CrossNamespace: ({ namespace, spec, limits: { crossNamespace } }) => {
    if (crossNamespace.value === 'Allow') return [];
    const foreign = targetNamespaces(namespace, spec.targets).filter((ns) => ns !== namespace);
    if (foreign.length === 0) return [];
    const why =
      crossNamespace.by === undefined
        ? 'this installation, which does not check the rights of requesters, allows'
        : `crossNamespace Deny (${origin(crossNamespace.by)}) allows`;
    return [
      {
        field: 'spec.targets.namespaces',
        message: `names ${foreign.join(', ')}, and ${why} only the experiment's own namespace ${namespace}`,
      },
    ];
  },

  ProtectedNamespace: ({ namespace, spec, limits: { protectedNamespaces } }) =>
    targetNamespaces(namespace, spec.targets).flatMap((target) => {
      const limit = protectedNamespaces.find(({ value }) => value === target);
      if (limit === undefined) return [];
      const message = `namespace ${target} is protected (${origin(limit.by)}): choose another`;
      return [{ field: namespacesField(spec), message }];
    }),

  ProductionNamespace: ({ namespace, spec, limits, namespaces }) =>
    targetNamespaces(namespace, spec.targets).flatMap((target) => {
      const labels = namespaces.get(target)?.labels ?? {};
      const limit = limits.productionNamespaces.find(({ value }) => matchesSelector(value, labels));
      if (limit === undefined) return [];
      const what = `namespace ${target} is production (${selectorText(limit.value)}, ${origin(limit.by)})`;
      const field = 'spec.safety.allowProduction';
      if (limits.allowOverrides.value === 'Deny') {
        return [{ field, message: `${what}, and ${denied(limits)}: choose another` }];
      }
      return spec.safety?.allowProduction ? [] : [{ field, message: `${what}: takes true` }];
    }),

  MaxDurationExceeded: ({ spec: { duration }, limits: { maxDuration } }) =>
    (parseDuration(duration) ?? Number.POSITIVE_INFINITY) <= maxDuration.value
      ? []
      : [
          {
            field: 'spec.duration',
            message: `${duration} is above maxDuration ${formatDuration(maxDuration.value)} (${origin(maxDuration.by)}): at most ${formatDuration(maxDuration.value)}`,
          },
        ],

  MaxLossExceeded: ({ spec, limits }) => {
    const { maxLossPercentage, allowOverrides } = limits;
    const isDenied = allowOverrides.value === 'Deny';
    if (spec.safety?.allowHighLoss === true && !isDenied) return [];
    const instead = isDenied ? `; ${denied(limits)}` : ', or with spec.safety.allowHighLoss true';
    return outages(spec, maxLossPercentage).map(({ field, what, passes }) => ({
      field,
      message: `${what}: ${passes}${instead}`,
    }));
  },

  MaxPodsExceeded: ({ spec, planned, limits: { maxPods } }) =>
    planned.selected.length <= maxPods.value
      ? []
      : [
          {
            field: COUNT,
            message: `${asked(spec)} would hit ${planned.selected.length} pods, above ${named('maxPods', maxPods)}: at most ${maxPods.value}`,
          },
        ],

  MaxPercentageExceeded: ({ spec, planned, limits: { maxPercentage } }) => {
    const own = spec.safety?.maxPercentage;
    const [limit, name] =
      own !== undefined && own <= maxPercentage.value
        ? [own, `spec.safety.maxPercentage ${own}`]
        : [maxPercentage.value, named('maxPercentage', maxPercentage)];
    const matched = {
      selected: planned.selected.length,
      faulted: planned.faulted,
      running: planned.running,
    };
    const groups = [
      { share: matched, group: `${matched.running} pods` },
      ...planned.owners.map(({ name: owner, ...share }) => ({
        share,
        group: `the ${share.running} pods of ${owner}`,
      })),
    ];
    const messages = groups.flatMap(
      ({ share, group }) => percentageViolation(asked(spec), share, group, limit, name) ?? [],
    );
    // One that says what would pass is enough where the whole breaks the rule.
    return messages.slice(0, 1).map((message) => ({ field: COUNT, message }));
  },
};

const COUNT = 'spec.targets.count';

const asked = ({ targets: { count } }: Proposal['spec']) => `count ${count}`;

const namespacesField = ({ targets }: Proposal['spec']) =>
  targets.namespaces === undefined ? 'metadata.namespace' : 'spec.targets.namespaces';

const denied = ({ allowOverrides }: Limits) =>
  `overrides are denied (allowOverrides, ${origin(allowOverrides.by)})`;

/** Every rule that the experiment breaks, each with what would pass; empty when it may run. */
export function judge(proposal: Proposal): Violation[] {
  return (Object.keys(safetyReasons) as SafetyReason[]).flatMap((reason) =>
    rules[reason](proposal).map((finding) => ({ reason, ...finding })),
  );
}

/** Longest text: status takes 32,768 characters, and a person fewer. */
export const MAX_EXPLANATION = 4_000;

/** Violations in one sentence each, as webhook and status say them. */
export function explain(violations: readonly Finding[]): string {
  const text = violations.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return shorten(text, MAX_EXPLANATION);
}
