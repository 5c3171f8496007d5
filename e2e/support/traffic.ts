import { randomBytes } from 'node:crypto';
import type { KubeClient } from '../../src/kube/client.ts';
import { exec } from '../../src/kube/exec.ts';
import { run } from './lab.ts';

export type Family = 4 | 6;

/** Something that can send packets, receive and count them: a pod, or the lab's host. */
export interface Endpoint {
  readonly name: string;
  address(family: Family): string;
  /** Runs the traffic program there and returns what it printed. */
  traffic(args: readonly string[], timeoutMs: number): Promise<string>;
}

/** A pod by its addresses. */
export interface Addressed {
  readonly namespace: string;
  readonly name: string;
  readonly ip: string;
  readonly ip6: string;
}

export function podEndpoint(client: KubeClient, pod: Addressed): Endpoint {
  return {
    name: pod.name,
    address: (family) => (family === 4 ? pod.ip : pod.ip6),
    // By the kubelet and the container runtime: a fault on the pod's interface does not touch it.
    async traffic(args, timeoutMs) {
      const { namespace, name } = pod;
      const command = ['traffic', ...args];
      const result = await exec(client, {
        namespace,
        pod: name,
        container: 'app',
        command,
        timeoutMs,
      });
      return printed(`${name}: ${command.join(' ')}`, result);
    },
  };
}

/** @param binary the traffic program for this machine; a sink of its runs in this network namespace */
export function hostEndpoint(binary: string, ip: string, ip6: string): Endpoint {
  return {
    name: 'host',
    address: (family) => (family === 4 ? ip : ip6),
    traffic: async (args, timeoutMs) =>
      printed(`host: traffic ${args.join(' ')}`, await run(binary, args, { timeoutMs })),
  };
}

function printed(
  what: string,
  { exitCode, stdout, stderr }: { exitCode: number; stdout: string; stderr: string },
): string {
  if (exitCode !== 0) throw new Error(`${what}: exit code ${exitCode}: ${stderr}`);
  return stdout;
}

/** What became of one flow of sequence-numbered packets. Times in epoch milliseconds of the sender. */
export interface Delivery {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  /** Maximal runs of lost packets. */
  readonly bursts: number;
  readonly startMs: number;
  readonly endMs: number;
}

export interface FlowOptions {
  /** Packets; default 20,000. */
  readonly packets?: number;
  /** Packets a second; default 4,000. */
  readonly rate?: number;
  readonly family?: Family;
}

/** What the traffic program prints. */
interface Sent {
  readonly sent: number;
  readonly refused: number;
  readonly startMs: number;
  readonly endMs: number;
}
interface Counted {
  readonly received: number;
  readonly duplicates: number;
  readonly lost: number;
  readonly bursts: number;
  readonly socketDrops: number;
}

/** Packets that the receiver's own socket had no room for, so far, by receiver: they would count as lost on the way. */
const dropsBefore = new Map<string, number>();

/** Sends a flow of 64-byte UDP packets and counts on the other side. Fails when the measurement itself lost packets. */
export async function measure(
  from: Endpoint,
  to: Endpoint,
  options: FlowOptions = {},
): Promise<Delivery> {
  const { packets = 20_000, rate = 4_000, family = 4 } = options;
  const flow = randomBytes(8).toString('hex');
  const receiver = `[${to.address(family)}]:7000`;
  const send = [
    'send',
    '-to',
    receiver,
    '-flow',
    flow,
    '-n',
    String(packets),
    '-rate',
    String(rate),
  ];
  const sendTime = (packets / rate) * 1_000 * 4 + 60_000;
  const sent = JSON.parse(await from.traffic(send, sendTime)) as Sent;
  const stats = ['stats', '-n', String(packets), flow];
  const counted = JSON.parse(await to.traffic(stats, 60_000)) as Counted;

  const drops = counted.socketDrops - (dropsBefore.get(to.name + to.address(family)) ?? 0);
  dropsBefore.set(to.name + to.address(family), counted.socketDrops);
  if (sent.refused > 0 || drops > 0 || counted.duplicates > 0) {
    throw new Error(
      `the measurement from ${from.name} to ${to.name} is no good: ${sent.refused} packets refused by the sender's ` +
        `kernel, ${drops} dropped at the receiver's socket, ${counted.duplicates} twice`,
    );
  }
  const { received, lost, bursts } = counted;
  return { sent: sent.sent, received, lost, bursts, startMs: sent.startMs, endMs: sent.endMs };
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
  const bulk = JSON.parse(await from.traffic(args, seconds * 1_000 + 120_000)) as Bulk;
  return {
    segmentsSent: bulk.sender.dataSegsOut,
    segmentsReceived: bulk.receiver.dataSegsIn,
    retransmits: bulk.sender.retransmits,
    bytes: bulk.bytes,
  };
}
