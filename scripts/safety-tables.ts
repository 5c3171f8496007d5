import {
  type PodReason,
  rejectionReasons,
  type RejectionReason,
  type SafetyReason,
} from '../src/api/v1alpha1/reasons.ts';
import type { SafetyPolicySpec } from '../src/api/v1alpha1/safety-policy.generated.ts';
import { describeLimits, limitsInForce } from '../src/domain/safety/limits.ts';
import { code, ofNames, type Row, type Table } from './table.ts';

export type PolicyField = keyof SafetyPolicySpec;

/** The field by which a SafetyPolicy sets the limit of each rule. */
const fieldOf: Readonly<Record<SafetyReason, PolicyField>> = {
  Halted: 'halt',
  CrossNamespace: 'crossNamespace',
  ProtectedNamespace: 'protectedNamespaces',
  ProductionNamespace: 'productionNamespaces',
  MaxDurationExceeded: 'maxDuration',
  MaxLossExceeded: 'maxLossPercentage',
  MaxPodsExceeded: 'maxPods',
  MaxPercentageExceeded: 'maxPercentage',
};

/** Limits that refuse no experiment: they make it wait, or leave out pods. */
const milder = {
  Queued: 'maxConcurrentExperiments',
  NotOptedIn: 'optInLabel',
} as const satisfies Partial<Record<RejectionReason | 'Queued', PolicyField>>;

const defaults = (requesterChecked: boolean) =>
  describeLimits(limitsInForce([], { requesterChecked }));

/** What is in force where no policy sets the field. */
export function initial(field: PolicyField): string {
  const name = field === 'optInLabel' ? 'optInLabels' : field;
  const text = (requesterChecked: boolean) => {
    const value = defaults(requesterChecked)[name] ?? [];
    const values = Array.isArray(value) ? value : [value];
    return values.length === 0 ? 'none' : values.map((one) => code(String(one))).join(', ');
  };
  const [checked, unchecked] = [text(true), text(false)];
  return checked === unchecked
    ? checked
    : `${checked}; ${unchecked} without the policy ${code('squall-requester')}`;
}

/** Every rule with its limit; how to get past it is for people to write. */
export function rules(): Table {
  return {
    heading: ['Rule', 'Field of SafetyPolicy', 'Default', 'To get past it'],
    rows: Object.entries({ ...fieldOf, ...milder }).map(
      ([reason, field]): Row => [code(reason), code(field), initial(field), ''],
    ),
  };
}

/** What admission has against a chosen pod. */
const byAdmission = ['PolicyDenied', 'Mutated'] as const satisfies PodReason[];

/** Every reason for which a pod is not hit beforehand; the way out is for people to write. */
export function waysOut(): Table {
  const { rows } = ofNames('Reason', [...Object.keys(rejectionReasons), ...byAdmission]);
  return { heading: ['Reason', 'Way out'], rows };
}
