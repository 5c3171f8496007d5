import type {
  Allowance,
  LimitsInForce,
  SafetyPolicy,
} from '../../api/v1alpha1/safety-policy.generated.ts';
import { formatDuration, parseDuration } from '../duration.ts';
import type { LabelSelector } from '../targets/selector.ts';
import { type RequiredLabel, parseRequiredLabel, selectorText } from './label.ts';

/** A value in force and the name of the policy that sets it; without a name it is the default. */
export interface Limit<Value> {
  readonly value: Value;
  readonly by?: string;
}

/** The limits that are numbers: the least is in force. */
export interface Ceilings {
  /** Percent. */
  readonly maxPercentage: Limit<number>;
  readonly maxPods: Limit<number>;
  /** Milliseconds. */
  readonly maxDuration: Limit<number>;
  readonly maxConcurrentExperiments: Limit<number>;
  /** Percent. */
  readonly maxLossPercentage: Limit<number>;
}

/** What is in force: the strictest of all policies and the defaults, field by field. */
export interface Limits extends Ceilings {
  readonly halt: Limit<boolean>;
  readonly allowOverrides: Limit<Allowance>;
  readonly crossNamespace: Limit<Allowance>;
  readonly protectedNamespaces: readonly Limit<string>[];
  readonly productionNamespaces: readonly Limit<LabelSelector>[];
  readonly optInLabels: readonly Limit<RequiredLabel>[];
}

/** What the installation decides, not the policies. */
export interface Installation {
  /** The API server itself checks that a requester has the right in every target namespace. */
  readonly requesterChecked: boolean;
}

/**
 * Pods that one run may ever have in its hands, whatever the policies say: the status names each of them, and the API server
 * stores 1.5 MiB of an object.
 */
export const MOST_PODS = 1_000;

/** What holds where no policy sets the field; lists of policies are added to these. */
export const DEFAULTS = {
  halt: false,
  maxPercentage: 100,
  maxPods: 100,
  maxDuration: '1h',
  maxConcurrentExperiments: 10,
  maxLossPercentage: 40,
  allowOverrides: 'Allow',
  protectedNamespaces: ['kube-system', 'kube-public', 'kube-node-lease', 'squall-system'],
} as const;

/**
 * The strictest of all policies per field. A policy cannot loosen what another one sets, nor make a namespace
 * unprotected; a value that cannot be read is as strict as can be.
 */
export function limitsInForce(
  policies: readonly SafetyPolicy[],
  { requesterChecked }: Installation,
): Limits {
  const set = valuesOf(policies);
  const denied = (
    initial: Limit<Allowance>,
    read: (spec: SafetyPolicy['spec']) => Allowance | undefined,
  ) => set(read).find(({ value }) => value === 'Deny') ?? initial;
  const union = <Value>(read: (spec: SafetyPolicy['spec']) => readonly Value[] | undefined) =>
    set(read).flatMap(({ value, by }) => value.map((one): Limit<Value> => ({ value: one, by })));
  return {
    halt: set((spec) => spec.halt).find(({ value }) => value) ?? { value: DEFAULTS.halt },
    ...ceilingsInForce(policies),
    allowOverrides: denied({ value: DEFAULTS.allowOverrides }, (spec) => spec.allowOverrides),
    crossNamespace: requesterChecked
      ? denied({ value: 'Allow' }, (spec) => spec.crossNamespace)
      : { value: 'Deny' },
    protectedNamespaces: [
      ...DEFAULTS.protectedNamespaces.map((value): Limit<string> => ({ value })),
      ...union((spec) => spec.protectedNamespaces),
    ],
    productionNamespaces: set((spec) => spec.productionNamespaces),
    optInLabels: set((spec) =>
      spec.optInLabel === undefined ? undefined : parseRequiredLabel(spec.optInLabel),
    ),
  };
}

/** The least of all policies per field, else the default. A duration that cannot be read counts as 0. */
export function ceilingsInForce(policies: readonly SafetyPolicy[]): Ceilings {
  const set = valuesOf(policies);
  const lowest = (initial: number, read: (spec: SafetyPolicy['spec']) => number | undefined) =>
    set(read).reduce<Limit<number> | undefined>(
      (least, one) => (least === undefined || one.value < least.value ? one : least),
      undefined,
    ) ?? { value: initial };
  return {
    maxPercentage: lowest(DEFAULTS.maxPercentage, (spec) => spec.maxPercentage),
    // A policy that was stored before may have more.
    maxPods: lowest(DEFAULTS.maxPods, ({ maxPods }) => maxPods && Math.min(maxPods, MOST_PODS)),
    maxDuration: lowest(milliseconds(DEFAULTS.maxDuration), (spec) =>
      spec.maxDuration === undefined ? undefined : milliseconds(spec.maxDuration),
    ),
    maxConcurrentExperiments: lowest(
      DEFAULTS.maxConcurrentExperiments,
      (spec) => spec.maxConcurrentExperiments,
    ),
    maxLossPercentage: lowest(DEFAULTS.maxLossPercentage, (spec) => spec.maxLossPercentage),
  };
}

/** Finds every value that a policy sets for a field, in the order of the policies' names. */
function valuesOf(policies: readonly SafetyPolicy[]) {
  const ordered = policies.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  return <Value>(read: (spec: SafetyPolicy['spec']) => Value | undefined) =>
    ordered.flatMap(({ metadata, spec }): Required<Limit<Value>>[] => {
      const value = read(spec);
      return value === undefined ? [] : [{ value, by: metadata.name }];
    });
}

const milliseconds = (text: string) => parseDuration(text) ?? 0;

/** The limits as the status of a policy shows them. */
export function describeLimits(limits: Limits): LimitsInForce {
  return {
    halt: limits.halt.value,
    maxPercentage: limits.maxPercentage.value,
    maxPods: limits.maxPods.value,
    maxDuration: formatDuration(limits.maxDuration.value),
    maxConcurrentExperiments: limits.maxConcurrentExperiments.value,
    maxLossPercentage: limits.maxLossPercentage.value,
    allowOverrides: limits.allowOverrides.value,
    protectedNamespaces: [
      ...new Set(limits.protectedNamespaces.map(({ value }) => value)),
    ].toSorted(),
    productionNamespaces: limits.productionNamespaces.map(({ value }) => selectorText(value)),
    optInLabels: limits.optInLabels.map(({ value }) => value.text),
    crossNamespace: limits.crossNamespace.value,
  };
}

/** A limit in a message: its name, its value and who sets it. */
export function named(name: string, { value, by }: Limit<string | number>): string {
  return `${name} ${value} (${origin(by)})`;
}

/** Who sets a limit, for a message. */
export const origin = (by: string | undefined) =>
  by === undefined ? 'the default' : `SafetyPolicy ${by}`;
