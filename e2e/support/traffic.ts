import { randomBytes } from 'node:crypto';
import { run } from './lab.ts';
import type { PodTraffic } from './pod-traffic.ts';

export type Family = 4 | 6;

/** Something that can send packets, receive and count them: a pod, or the lab's host. */
export interface Endpoint {
  readonly name: string;
  address(family: Family): string;
  /** Resolves once its receiver has opened its sockets: a pod is ready a moment before. */
  listening(): Promise<void>;
  /** Runs a verb of the traffic program there and returns its result. */
  traffic(args: readonly string[], timeoutMs: number): Promise<unknown>;
}

/** A pod by its addresses. */
export interface Addressed {
  readonly namespace: string;
  readonly name: string;
  readonly ip: string;
  readonly ip6: string;
}

/** @param traffic by the kubelet and the container runtime: a fault on the pod's interface does not touch it */
export function podEndpoint(pod: Addressed, traffic: PodTraffic): Endpoint {
  return {
    name: pod.name,
    address: (family) => (family === 4 ? pod.ip : pod.ip6),
    listening: () => traffic.listening(),
    traffic: (args, timeoutMs) => traffic.run(args, timeoutMs),
  };
}

/** @param binary the traffic program for this machine; a sink of its runs in this network namespace */
export function hostEndpoint(binary: string, ip: string, ip6: string): Endpoint {
  return {
    name: 'host',
    address: (family) => (family === 4 ? ip : ip6),
    async listening() {},
    async traffic(args, timeoutMs) {
      const { exitCode, stdout, stderr } = await run(binary, args, { timeoutMs });
      if (exitCode !== 0)
        throw new Error(`host: traffic ${args.join(' ')}: exit code ${exitCode}: ${stderr}`);
      return JSON.parse(stdout) as unknown;
    },
  };
}

/** What became of one flow of sequence-numbered packets. Times in epoch milliseconds of the sender. */
export interface Delivery {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  /** Maximal runs of lost packets. */
  readonly bursts: number;
  /** Copies beyond the first of a packet. */
  readonly duplicates: number;
  /** Packets that came after one that was sent later. */
  readonly reordered: number;
  /** Packets that came changed; they are lost too. */
  readonly corrupted: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Microseconds that the sender took for all of them. */
  readonly tookUs: number;
  /** Of a recorded flow: when each packet was sent, in epoch microseconds, by sequence number. */
  readonly sentUs: readonly number[];
  /** Of a recorded flow: what arrived, in its order, copies included. */
  readonly arrivals: readonly Arrival[];
}

export interface Arrival {
  readonly seq: number;
  /** Microseconds on the way: exact between two pods of the node, which have one clock. */
  readonly delayUs: number;
}

export interface FlowOptions {
  /** Default UDP. SCTP needs raw sockets on both sides, which pods are allowed unless their spec says otherwise. */
  readonly protocol?: 'UDP' | 'SCTP';
  /** Packets; default 20,000. */
  readonly packets?: number;
  /** Packets a second; default 4,000; 0 for as many as there can be. */
  readonly rate?: number;
  readonly family?: Family;
  /** Bytes of payload; default 64. */
  readonly size?: number;
  /** Where to send, if not to the receiver's own address: a Service that leads there. */
  readonly address?: string;
  /** Default 7000; receivers listen on 7002 as well, and count SCTP at every port. */
  readonly port?: number;
  /** The sender's own port. */
  readonly from?: number;
  readonly tos?: number;
  /** Without UDP's checksum, so that the receiver sees what was changed on the way. */
  readonly unchecked?: boolean;
  /** Note when each packet was sent and has arrived. */
  readonly record?: boolean;
  /**
   * Without waiting for the receiver, which starts meanwhile. What comes before it listens is refused by its kernel, and
   * counts as lost.
   */
  readonly atOnce?: boolean;
  /** Copies are what is measured, not a fault of the measurement. */
  readonly duplicates?: boolean;
}

/** What the traffic program prints. */
interface Sent {
  readonly sent: number;
  readonly refused: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly tookUs: number;
  readonly sentUs?: readonly number[];
}
interface Counted {
  readonly received: number;
  readonly duplicates: number;
  readonly reordered: number;
  readonly corrupted: number;
  readonly lost: number;
  readonly bursts: number;
  readonly socketDrops: number;
  readonly arrivals?: { readonly seqs: readonly number[]; readonly delaysUs: readonly number[] };
}

/** Packets that the receiver's own socket had no room for, so far, by receiver: they would count as lost on the way. */
const dropsBefore = new Map<string, number>();

/** Sends a flow of UDP or SCTP packets and counts on the other side. Fails when the measurement itself lost packets. */
export async function measure(
  from: Endpoint,
  to: Endpoint,
  options: FlowOptions = {},
): Promise<Delivery> {
  const { packets = 20_000, rate = 4_000, family = 4 } = options;
  const flow = randomBytes(8).toString('hex');
  const sendTime = (packets / (rate || 1_000)) * 1_000 * 4 + 60_000;
  const command = ['send', '-flow', flow, ...flags(to.address(family), options)];
  if (options.atOnce !== true) await to.listening();
  const sent = (await from.traffic(command, sendTime)) as Sent;
  const stats = ['stats', '-n', String(packets), flow];
  const counted = (await to.traffic(stats, 60_000)) as Counted;

  const dropped = counted.socketDrops - (dropsBefore.get(to.name + to.address(family)) ?? 0);
  dropsBefore.set(to.name + to.address(family), counted.socketDrops);
  // The kernel counts what has a wrong checksum among them, such as one that was none before it was changed.
  const drops = options.unchecked === true ? 0 : dropped;
  const copies = options.duplicates === true ? 0 : counted.duplicates;
  const refused = options.atOnce === true ? 0 : sent.refused;
  if (refused > 0 || drops > 0 || copies > 0) {
    throw new Error(
      `the measurement from ${from.name} to ${to.name} is no good: ${refused} packets refused by the sender's ` +
        `kernel, ${drops} dropped at the receiver's socket, ${copies} twice`,
    );
  }
  const { refused: _refused, sentUs = [], ...sending } = sent;
  const { socketDrops: _drops, arrivals, ...counts } = counted;
  const { seqs = [], delaysUs = [] } = arrivals ?? {};
  return {
    ...sending,
    ...counts,
    sentUs,
    arrivals: seqs.map((seq, index) => ({ seq, delayUs: delaysUs[index] ?? Number.NaN })),
  };
}

/** Microseconds that a packet costs its sender, when they are sent as fast as can be; whether they arrive does not matter. */
export async function costOf(from: Endpoint, address: string): Promise<number> {
  const command = ['send', '-flow', 'cost', ...flags(address, { packets: 10_000, rate: 0 })];
  const { sent, tookUs } = (await from.traffic(command, 120_000)) as Sent;
  return tookUs / sent;
}

function flags(own: string, options: FlowOptions): string[] {
  const { packets = 20_000, rate = 4_000, address = own, port = 7000 } = options;
  const { size, from, tos } = options;
  const protocol = options.protocol?.toLowerCase();
  const given = { n: packets, rate, size, from, tos, protocol };
  return [
    '-to',
    `[${address}]:${port}`,
    ...Object.entries(given).flatMap(([flag, value]) =>
      value === undefined ? [] : [`-${flag}`, String(value)],
    ),
    ...(options.unchecked === true ? ['-unchecked'] : []),
    ...(options.record === true ? ['-record'] : []),
  ];
}

/** How several attempts of the same came out. */
export interface Tries {
  readonly attempts: number;
  readonly failed: number;
  /** Milliseconds, of those that succeeded. */
  readonly medianMs: number;
}

/** Opens TCP connections one after another, or asks for a page by one connection each, where the target is a URL. */
export async function attempt(
  from: Endpoint,
  target: string,
  { n = 5, timeoutMs = 5_000 } = {},
): Promise<Tries> {
  const args = ['try', '-n', String(n), '-timeout', `${timeoutMs}ms`, target];
  return (await from.traffic(args, n * timeoutMs + 60_000)) as Tries;
}

/** What became of echo requests. */
export interface Pings {
  readonly sent: number;
  /** Requests that the sender's own kernel rejected. */
  readonly refused: number;
  /** Without an answer, whether it was the request or the answer that was lost. */
  readonly lost: number;
}

/** Sends echo requests of ICMP or ICMPv6, and counts the answers of the target's kernel. */
export async function ping(
  from: Endpoint,
  address: string,
  { n = 100, rate = 1_000 } = {},
): Promise<Pings> {
  const args = ['ping', '-n', String(n), '-rate', String(rate), address];
  return (await from.traffic(args, (n / rate) * 4_000 + 60_000)) as Pings;
}

/** Data segments of one TCP stream, by the kernels of both ends. */
export interface StreamDelivery {
  readonly segmentsSent: number;
  readonly segmentsReceived: number;
  readonly retransmits: number;
  readonly bytes: number;
}

interface Bulk {
  readonly bytes: number;
  readonly sender: { readonly dataSegsOut: number; readonly retransmits: number };
  readonly receiver: { readonly dataSegsIn: number };
}

/** Sends a TCP stream, with segmentation offload, for `seconds` at most. Both ends must be pods: the way to the host does not keep the segment count of an offloaded packet. */
export async function stream(
  from: Endpoint,
  to: Endpoint,
  seconds: number,
  bytes: number,
): Promise<StreamDelivery> {
  const args = [
    'bulk',
    '-to',
    `[${to.address(4)}]:7001`,
    '-for',
    `${seconds}s`,
    '-bytes',
    String(bytes),
  ];
  await to.listening();
  const bulk = (await from.traffic(args, seconds * 1_000 + 120_000)) as Bulk;
  return {
    segmentsSent: bulk.sender.dataSegsOut,
    segmentsReceived: bulk.receiver.dataSegsIn,
    retransmits: bulk.sender.retransmits,
    bytes: bulk.bytes,
  };
}
