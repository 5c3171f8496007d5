import type { Delivery } from './traffic.ts';

/** The q-quantile of the values, 0 to 1, by the nearest of them; NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

/** Microseconds on the way, of every arrival of a recorded flow. */
export const delaysOf = ({ arrivals }: Delivery) => arrivals.map(({ delayUs }) => delayUs);

/** Bytes that a packet has on the wire beside its payload: Ethernet, IPv4 and UDP. */
export const HEADERS = 14 + 20 + 8;

/** A rate is the median of so many parts of a flow: while an emulated processor stands still, nothing passes. */
const PARTS = 10;

/**
 * Bits a second that have passed a thin pipe, headers included, of a recorded flow that was sent faster than that. Without
 * its first quarter: after it so many packets wait that the sender may pause.
 *
 * @param size bytes of payload
 */
export function rateOf({ sentUs, arrivals }: Delivery, size: number): number {
  const at = arrivals.map(({ seq, delayUs }) => (sentUs[seq] ?? Number.NaN) + delayUs);
  const first = at.length >> 2;
  const part = Math.max(1, Math.floor((at.length - 1 - first) / PARTS));
  const took: number[] = [];
  for (let end = first + part; end < at.length; end += part) took.push(at[end]! - at[end - part]!);
  return (8e6 * (size + HEADERS) * part) / median(took);
}

/** What became of the packets that a recorded flow has sent from one time to another, in epoch milliseconds. */
export function during(
  { sentUs, arrivals }: Delivery,
  fromMs: number,
  toMs: number,
): { readonly sent: number; readonly lost: number; readonly delaysUs: readonly number[] } {
  const within = (seq: number) => {
    const sentMs = (sentUs[seq] ?? Number.NaN) / 1_000;
    return sentMs >= fromMs && sentMs < toMs;
  };
  const sent = sentUs.filter((_, seq) => within(seq)).length;
  const arrived = new Set<number>();
  const delaysUs: number[] = [];
  for (const { seq, delayUs } of arrivals) {
    if (!within(seq)) continue;
    arrived.add(seq);
    delaysUs.push(delayUs);
  }
  return { sent, lost: sent - arrived.size, delaysUs };
}
