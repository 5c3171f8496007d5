import { gilbert, type GilbertModel } from './gilbert.ts';
import type { Impairment } from './impairment.ts';

/** Packets that netem may hold at least; its own default of 1000 would drop from what it delays. */
const MIN_LIMIT_PACKETS = 100_000;

/** What a delay must be able to hold without a rate below it, in packets per second. */
const PACKETS_PER_SECOND = 100_000;

/** The queue before a thin pipe, in packets: netem's own default, and that of a network interface. */
const PIPE_QUEUE_PACKETS = 1_000;

/** The smallest packets that fill a pipe, in bits: 64 bytes. */
const SMALL_PACKET_BITS = 512;

/** netem takes 32 bits. */
const MAX_LIMIT_PACKETS = 4_000_000_000;

/** Above it, in percent, the chain's way back would be less than tc can write; bursts are endless there anyway. */
const MAX_CORRELATED_LOSS = 99.99;

/**
 * A packet after the one before it, however the jitter falls: netem keeps the order only where it has a rate. At this
 * one, 64 KiB take half a microsecond.
 */
const ORDERING_RATE = '1000gbit';

/** A percentage as tc takes it: no exponent, no trailing zeros, eight decimals (netem keeps 32 bits: steps of 2.3e-8 %). */
function percent(value: number): string {
  return `${value.toFixed(8).replace(/\.?0+$/, '')}%`;
}

/** The words that follow `netem` on a tc command line. */
export function netemArguments(impairment: Impairment): string[] {
  const { lossPercentage, corruptPercentage, duplicatePercentage, reorderPercentage } = impairment;
  return [
    'limit',
    String(limitPackets(impairment)),
    ...delayArguments(impairment),
    ...(lossPercentage > 0 ? ['loss', ...lossArguments(impairment)] : []),
    ...(corruptPercentage > 0 ? ['corrupt', percent(corruptPercentage)] : []),
    ...(duplicatePercentage > 0 ? ['duplicate', percent(duplicatePercentage)] : []),
    ...(reorderPercentage > 0 ? ['reorder', percent(reorderPercentage)] : []),
    ...rateArguments(impairment),
  ];
}

/**
 * How many packets netem may hold. What a delay needs never drops: packets per second times the time that nearly all of
 * them stay (mean and four times the jitter), and half of that again. Behind a rate no more can arrive than it lets
 * pass, so that what is above it queues, and drops, as before any thin pipe.
 */
function limitPackets({ latencyUs, jitterUs, rate }: Impairment): number {
  const seconds = (latencyUs + 4 * jitterUs) / 1e6;
  const held = (perSecond: number) => Math.ceil(1.5 * perSecond * seconds);
  const limit =
    rate === undefined
      ? Math.max(MIN_LIMIT_PACKETS, held(PACKETS_PER_SECOND))
      : PIPE_QUEUE_PACKETS + held(rate / SMALL_PACKET_BITS);
  return Math.min(limit, MAX_LIMIT_PACKETS);
}

function delayArguments({ latencyUs, jitterUs, distribution }: Impairment): string[] {
  if (latencyUs === 0 && jitterUs === 0) return [];
  if (jitterUs === 0) return ['delay', `${latencyUs}us`];
  // Without a table netem is uniform by itself.
  const shape = distribution === 'uniform' ? [] : ['distribution', distribution];
  return ['delay', `${latencyUs}us`, `${jitterUs}us`, ...shape];
}

function rateArguments({ jitterUs, reorderPercentage, rate }: Impairment): string[] {
  if (rate !== undefined) return ['rate', `${rate}bit`];
  return jitterUs > 0 && reorderPercentage === 0 ? ['rate', ORDERING_RATE] : [];
}

function lossArguments(impairment: Impairment): string[] {
  const { lossPercentage } = impairment;
  const model = lossPercentage > MAX_CORRELATED_LOSS ? undefined : chain(impairment);
  if (model === undefined) return ['random', percent(lossPercentage)];
  return ['gemodel', percent(model.p), percent(model.r)];
}

/** The chain of bursty losses; undefined when losses are independent. */
function chain({ lossPercentage, correlation, lossBurst }: Impairment): GilbertModel | undefined {
  if (lossBurst !== undefined) {
    const r = 100 / lossBurst;
    return { p: Math.min(100, (lossPercentage * r) / (100 - lossPercentage)), r };
  }
  return correlation === 0 ? undefined : gilbert(lossPercentage, correlation);
}
