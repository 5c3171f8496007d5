import type { SafetyPolicySpec } from '../../api/v1alpha1/safety-policy.generated.ts';
import { parseDuration } from '../duration.ts';
import { MOST_PODS } from './limits.ts';

/** What is wrong with a field of a policy, and what it takes. */
export interface PolicyFault {
  /** A path such as `spec.maxPods`. */
  readonly field: string;
  readonly message: string;
}

type Check = (spec: SafetyPolicySpec) => readonly PolicyFault[];

const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;
const LABEL =
  /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?(=([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?)?$/;

const SECOND_MS = 1_000;
const DAY_MS = 24 * 3_600_000;

/** Holds for a field that is not set. */
function field<Name extends keyof SafetyPolicySpec>(
  name: Name,
  holds: (value: NonNullable<SafetyPolicySpec[Name]>) => boolean,
  message: string,
): Check {
  return ({ [name]: value }) =>
    value === undefined || holds(value) ? [] : [{ field: `spec.${name}`, message }];
}

/** The rules of config/crd/safetypolicies.squall.dev.yaml beyond its schema, with their messages. */
const checks: readonly Check[] = [
  field(
    'maxPercentage',
    (value) => value >= 1 && value <= 100,
    'takes a whole percentage from 1 to 100',
  ),
  field(
    'maxPods',
    (value) => value >= 1 && value <= MOST_PODS,
    'takes a whole number from 1 to 1000; to allow no experiment at all, set halt',
  ),
  field(
    'maxDuration',
    (value) => {
      const ms = parseDuration(value) ?? 0;
      return ms >= SECOND_MS && ms <= DAY_MS;
    },
    'takes a time from 1s to 24h: numbers with units, such as 30s, 5m or 1h30m',
  ),
  field(
    'maxConcurrentExperiments',
    (value) => value >= 1,
    'takes a whole number of at least 1; to allow no experiment at all, set halt',
  ),
  field(
    'maxLossPercentage',
    (value) => value >= 0.0001 && value <= 40,
    'takes a percentage from 0.0001 to 40; above 40 an experiment always needs safety.allowHighLoss',
  ),
  field(
    'protectedNamespaces',
    (names) => names.every((name) => NAMESPACE.test(name)),
    'takes namespace names, such as default',
  ),
  field(
    'productionNamespaces',
    ({ matchLabels = {} }) => Object.values(matchLabels).every((value) => LABEL_VALUE.test(value)),
    'takes label values, such as production',
  ),
  field(
    'productionNamespaces',
    ({ matchExpressions = [] }) =>
      matchExpressions.every(
        ({ operator, values = [] }) =>
          (operator === 'In' || operator === 'NotIn') === values.length > 0,
      ),
    'values: In and NotIn need at least one, Exists and DoesNotExist take none',
  ),
  field(
    'optInLabel',
    (label) => LABEL.test(label),
    'takes a label as key or key=value, such as chaos or chaos=allowed',
  ),
];

/**
 * What the API server would refuse in a policy that follows the schema. Needed for policies that do not come from it: a
 * limit beyond its range would allow what no SafetyPolicy can.
 */
export function policyFaults(spec: SafetyPolicySpec): readonly PolicyFault[] {
  return checks.flatMap((check) => check(spec));
}
