import type { ChaosExperimentSpec } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { type Impairment, impairments } from '../network/impairment.ts';
import { parseMicroseconds, parseRate } from '../network/units.ts';
import { type Limit, named } from './limits.ts';

/** What is slower is an outage by another name, whatever the policies say. */
const LOWEST_RATE = '8kbit';

/** What is later is an outage by another name, whatever the policies say. */
const LONGEST_LATENCY = '10s';

/** What is as bad as an outage in a spec: where, why, and what would pass without an override. */
export interface Outage {
  /** A path such as `spec.profile[1].lossPercentage`. */
  readonly field: string;
  readonly what: string;
  readonly passes: string;
}

type Name = 'lossPercentage' | 'corruptPercentage' | 'rate' | 'latency';

/** What is in force at some time of the run, and where and how the spec says so. */
interface Moment {
  readonly values: Impairment;
  readonly given: (name: Name) => Given;
}

interface Given {
  readonly field: string;
  readonly text: string;
  /** By the step itself, not by the spec that it changes. */
  readonly byStep: boolean;
}

type Judge = (moments: readonly Moment[]) => Outage | undefined;

/**
 * Everything in a spec that needs safety.allowHighLoss, one entry for each cause, by its worst moment in spec and
 * profile. What is corrupted counts as lost, as receivers drop it. A partition, a rate below 8kbit and a latency above
 * 10s are above every limit that a policy can set.
 */
export function outages(
  spec: ChaosExperimentSpec,
  maxLossPercentage: Limit<number>,
): readonly Outage[] {
  if (spec.action === 'pod-network-partition') {
    const what = `${spec.action} is an outage`;
    return [{ field: 'spec.action', what, passes: 'choose another action' }];
  }
  const moments = momentsOf(spec);
  const judges: Judge[] = [lossAbove(maxLossPercentage), tooSlow, tooLate];
  return judges.flatMap((judge) => judge(moments) ?? []);
}

function lossAbove(limit: Limit<number>): Judge {
  return (moments) => {
    const { values, given } = worst(moments, lostShare);
    const { lossPercentage: loss, corruptPercentage: corrupt } = values;
    const lost = lostShare(values);
    if (lost <= limit.value) return undefined;
    const above = `is above ${named('maxLossPercentage', limit)}`;
    const passes = `at most ${limit.value}`;
    const [byLoss, byCorruption] = [given('lossPercentage'), given('corruptPercentage')];
    if (corrupt === 0) return { field: byLoss.field, what: `${loss} ${above}`, passes };
    if (loss === 0) {
      return {
        field: byCorruption.field,
        what: `${corrupt}, which receivers drop, ${above}`,
        passes,
      };
    }
    const [field, share] =
      byLoss.byStep && !byCorruption.byStep
        ? [byLoss.field, `${loss} besides corruptPercentage ${corrupt}`]
        : [byCorruption.field, `${corrupt} besides lossPercentage ${loss}`];
    const what = `${share}, together ${lost} lost, ${above}`;
    return { field, what, passes: `${passes} together` };
  };
}

const tooSlow: Judge = (moments) => {
  const { values, given } = worst(moments, ({ rate = Number.POSITIVE_INFINITY }) => -rate);
  if (values.rate === undefined || values.rate >= (parseRate(LOWEST_RATE) ?? 0)) return undefined;
  const { field, text } = given('rate');
  const what = `${text} is an outage, as is every rate below ${LOWEST_RATE}`;
  return { field, what, passes: `at least ${LOWEST_RATE}` };
};

const tooLate: Judge = (moments) => {
  const { values, given } = worst(moments, ({ latencyUs }) => latencyUs);
  if (values.latencyUs <= (parseMicroseconds(LONGEST_LATENCY) ?? 0)) return undefined;
  const { field, text } = given('latency');
  const what = `${text} is an outage, as is every latency above ${LONGEST_LATENCY}`;
  return { field, what, passes: `at most ${LONGEST_LATENCY}` };
};

/** Percent, with the decimals that people give. */
const lostShare = ({ lossPercentage, corruptPercentage }: Impairment) =>
  Math.min(100, Number((lossPercentage + corruptPercentage).toFixed(6)));

/** The first of the moments with the highest score. */
function worst(moments: readonly Moment[], score: (values: Impairment) => number): Moment {
  return moments.reduce((a, b) => (score(b.values) > score(a.values) ? b : a));
}

/** The spec itself, then each step of its profile. */
function momentsOf(spec: ChaosExperimentSpec): Moment[] {
  return impairments(spec).map((values, index): Moment => {
    const step = spec.profile?.[index - 1];
    return {
      values,
      given: (name) => {
        const byStep = step?.[name] !== undefined;
        const place = byStep ? `spec.profile[${index - 1}]` : 'spec';
        return { field: `${place}.${name}`, text: String(step?.[name] ?? spec[name]), byStep };
      },
    };
  });
}
