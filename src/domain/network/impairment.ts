import type {
  ChaosExperimentSpec,
  Direction,
  Distribution,
} from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { realisedCorrelation } from './gilbert.ts';
import { formatMicroseconds, parseMicroseconds, parseRate } from './units.ts';

/** What one netem qdisc does to the packets that reach it; 0 is none of it. */
export interface Impairment {
  /** Mean share of packets lost, in percent, 0 to 100. */
  readonly lossPercentage: number;
  /** Realised lag-1 autocorrelation of losses, in percent, 0 to 99. */
  readonly correlation: number;
  /** Mean length of a row of losses, in packets, from 1; it takes the place of the correlation. */
  readonly lossBurst?: number;
  /** Microseconds. */
  readonly latencyUs: number;
  /** Microseconds: half the width of a uniform distribution, the standard deviation of any other. */
  readonly jitterUs: number;
  readonly distribution: Distribution;
  /** Percent, 0 to 100. */
  readonly duplicatePercentage: number;
  /** Percent, 0 to 100. */
  readonly corruptPercentage: number;
  /** Percent, 0 to 100: of packets that do not wait for the latency. */
  readonly reorderPercentage: number;
  /** Bits per second. */
  readonly rate?: number;
}

/** What pod-network-loss loses where the spec does not say. */
export const DEFAULT_LOSS_PERCENTAGE = 5;

/** What a spec asks for, as far as netem is concerned. */
export type ImpairmentSpec = Pick<
  ChaosExperimentSpec,
  | 'action'
  | 'lossPercentage'
  | 'correlation'
  | 'lossBurst'
  | 'latency'
  | 'jitter'
  | 'distribution'
  | 'duplicatePercentage'
  | 'corruptPercentage'
  | 'reorderPercentage'
  | 'rate'
  | 'profile'
>;

/** What a spec asks for: first from the start, then from each step of its profile on. */
export function impairments(spec: ImpairmentSpec): readonly [Impairment, ...Impairment[]] {
  return [
    impairment(spec),
    ...(spec.profile ?? []).map(({ at: _at, ...step }) => impairment({ ...spec, ...step })),
  ];
}

function impairment(spec: ImpairmentSpec): Impairment {
  const { action, lossBurst, rate } = spec;
  const bits = rate === undefined ? undefined : parseRate(rate);
  return {
    lossPercentage: action === 'pod-network-partition' ? 100 : (lossOf(spec) ?? 0),
    correlation: realisedCorrelation(spec.correlation ?? 0),
    ...(lossBurst !== undefined && { lossBurst }),
    latencyUs: microseconds(spec.latency),
    jitterUs: microseconds(spec.jitter),
    distribution: spec.distribution ?? 'uniform',
    duplicatePercentage: spec.duplicatePercentage ?? 0,
    corruptPercentage: spec.corruptPercentage ?? 0,
    reorderPercentage: spec.reorderPercentage ?? 0,
    ...(bits !== undefined && { rate: bits }),
  };
}

/** The loss that a spec asks for by name or by default, in percent. */
function lossOf({ action, lossPercentage }: ImpairmentSpec): number | undefined {
  return lossPercentage ?? (action === 'pod-network-loss' ? DEFAULT_LOSS_PERCENTAGE : undefined);
}

const microseconds = (text: string | undefined) => parseMicroseconds(text ?? '0ms') ?? 0;

/** The loss in percent, where independent loss is all that is asked for; undefined where there is more to it. */
export function lossAlone(spec: ImpairmentSpec): number | undefined {
  const [first, ...steps] = impairments(spec);
  const { lossPercentage, correlation, lossBurst } = first;
  const independent = lossPercentage === 100 || (correlation === 0 && lossBurst === undefined);
  const alone = independent && steps.length === 0 && otherWords(first).length === 0;
  return alone && lossPercentage > 0 ? lossPercentage : undefined;
}

/** What is asked for, in a few words, such as `20%` (a loss alone), `100ms±10ms latency` or `1mbit, 5% loss`. */
export function asked(spec: ImpairmentSpec): string {
  const others = otherWords(impairment(spec));
  const loss = lossOf(spec);
  if (spec.action === 'pod-network-partition') return 'partition';
  const steps = spec.profile === undefined ? [] : ['in steps'];
  if (others.length + steps.length === 0 && loss !== undefined) return `${loss}%`;
  return [...others, ...(loss === undefined ? [] : [`${loss}% loss`]), ...steps].join(', ');
}

/** What `asked` says, as part of a sentence: a loss alone is called one. */
export function faultWords(asked: string, direction: Direction): string {
  const what = asked.endsWith('%') ? `${asked} loss` : asked;
  return direction === 'both' ? what : `${what} on ${direction}`;
}

function otherWords(wanted: Impairment): string[] {
  const { latencyUs, jitterUs, rate } = wanted;
  const words: string[] = [];
  if (latencyUs > 0) {
    const around = jitterUs > 0 ? `±${formatMicroseconds(jitterUs)}` : '';
    words.push(`${formatMicroseconds(latencyUs)}${around} latency`);
  }
  if (rate !== undefined) words.push(formatRate(rate));
  if (wanted.duplicatePercentage > 0) words.push(`${wanted.duplicatePercentage}% duplicate`);
  if (wanted.corruptPercentage > 0) words.push(`${wanted.corruptPercentage}% corrupt`);
  if (wanted.reorderPercentage > 0) words.push(`${wanted.reorderPercentage}% reorder`);
  return words;
}

function formatRate(bits: number): string {
  if (bits >= 1e9) return `${bits / 1e9}gbit`;
  if (bits >= 1e6) return `${bits / 1e6}mbit`;
  return bits >= 1e3 ? `${bits / 1e3}kbit` : `${bits}bit`;
}
