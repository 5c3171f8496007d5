import { expect } from 'vitest';
import { attempt, type Endpoint, type FlowOptions, measure, ping } from './traffic.ts';

/** Few, since under a rule either all of them arrive or none does. */
const PACKETS = 100;

/** The share of packets lost on their way, in percent. */
export async function lossOf(
  from: Endpoint,
  to: Endpoint,
  options: FlowOptions = {},
): Promise<number> {
  const flow = await measure(from, to, { packets: PACKETS, rate: 1_000, ...options });
  if (flow.lost > 0 && flow.received > 0) {
    console.log(
      `${from.name} to ${to.name}: ${flow.lost} of ${flow.sent} lost in ${flow.bursts} rows`,
    );
  }
  return (100 * flow.lost) / flow.sent;
}

/** Longer than the 5 s after which a name is asked for again when a query was lost, as by a node that is busy. */
const CONNECTION_MS = 7_000;

/** The share of TCP connections that cannot be opened, or of pages that do not come, in percent. */
export async function refusalOf(from: Endpoint, target: string): Promise<number> {
  const { failed, attempts } = await attempt(from, target, { n: 1, timeoutMs: CONNECTION_MS });
  return (100 * failed) / attempts;
}

/** The share of pings that get no answer, in percent. Fails when the sender's own kernel rejects some. */
export async function unansweredOf(from: Endpoint, address: string): Promise<number> {
  const { sent, refused, lost } = await ping(from, address, { n: PACKETS });
  if (refused > 0) throw new Error(`${from.name}: ${refused} pings to ${address} were not sent`);
  return (100 * lost) / sent;
}

/** By name, each a look that is under way and the percentage that it must show. */
export type Looks = Readonly<Record<string, readonly [look: Promise<number>, percent: number]>>;

/** Waits for all of them. Fails with those that have shown something else. */
export async function expectLosses(looks: Looks): Promise<void> {
  const names = Object.keys(looks);
  const found = await Promise.all(Object.values(looks).map(([look]) => look));
  const wrong = Object.values(looks).flatMap(([, percent], index) =>
    found[index] === percent ? [] : [`${names[index]}: ${found[index]} %, not ${percent} %`],
  );
  expect(wrong.join(', '), 'lost').toBe('');
}
