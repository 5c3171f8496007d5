import type { Direction } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import {
  gateMajor,
  type Handle,
  ifbName,
  ingressPriorities,
  leafMajor,
  rootMajor,
} from './handle.ts';

/** Stands in every line for the pod's interface, which only the agent can know. */
export const DEVICE = '{dev}';

/** What the program of a run is made from. */
export interface ProgramInput {
  readonly handle: Handle;
  readonly direction: Direction;
  /** What follows the word netem: for the spec, then for each step of its profile. */
  readonly netem: readonly string[];
  /** When each step begins, in milliseconds since the fault was applied. */
  readonly stepsAtMs: readonly number[];
  /** The loss in percent, where independent loss is all that is asked for: it can be had without netem too. */
  readonly lossAlone?: number | undefined;
  /** Only packets of peers are hit, which the agent adds; otherwise all but link control. */
  readonly onlyPeers: boolean;
}

/**
 * What the agent executes: lines that begin with `ip` or `tc`, in order. Every qdisc is added with an
 * explicit handle, so that the kernel itself refuses to displace somebody else's (tc(8): add without a
 * handle replaces a qdisc of another kind).
 */
export interface Program {
  readonly install: readonly string[];
  /** Lines that change the fault while it is held, each after the milliseconds at which it is due. */
  readonly steps: readonly string[];
  readonly undo: readonly string[];
  /** What is installed instead where the kernel has no netem; without it, nothing can be. The undo is the same. */
  readonly fallback?: readonly string[];
}

/**
 * The program of one run in one pod. Both directions have the same shape: a prio qdisc whose filters say which packets
 * are hit; below it the gate, whose filter counts each segment of them (`action ok`) and leads it to the netem whose
 * turn it is; everything else goes past both. Turning the gate to another netem loses no packet: what the one before
 * still holds comes out at its time. ARP, IPv6 neighbour discovery and multicast listener discovery are never impaired: a
 * pod that cannot resolve its gateway shows another fault than the one that was asked for.
 *
 * Undo ends the fault with its first lines (our filters and our root qdisc) and clears up what they leave afterwards. The
 * filters go before the ifb that they point to: the other order drops all ingress.
 */
export function program(input: ProgramInput): Program {
  const { handle, direction, lossAlone } = input;
  const undo: string[] = [];
  const devices: string[] = [];
  if (direction !== 'egress') {
    devices.push(ifbName(handle));
    undo.push(...redirections(handle).map((filter) => `tc filter del ${filter}`));
  }
  if (direction !== 'ingress') {
    devices.push(DEVICE);
    undo.push(`tc qdisc del dev ${DEVICE} root handle ${rootMajor(handle)}`);
  }
  if (direction !== 'egress') {
    undo.push(`tc qdisc del dev ${DEVICE} clsact`, `ip link del ${ifbName(handle)} type ifb`);
  }
  const steps = input.stepsAtMs.flatMap((atMs, index) =>
    devices.map((device) => `${atMs} ${gateFilter(device, handle, index + 1)}`),
  );
  return {
    install: install(input, (device) => netemGate(device, input)),
    steps,
    undo,
    ...(lossAlone !== undefined && {
      fallback: install(input, (device) => blackholeGate(device, handle, lossAlone)),
    }),
  };
}

/** The whole of an install, given the gate for a device. */
function install(input: ProgramInput, gate: (device: string) => readonly string[]): string[] {
  const { handle, direction } = input;
  const ifb = ifbName(handle);
  const ingress = [
    `ip link add ${ifb} txqueuelen ${IFB_QUEUE_PACKETS} type ifb`,
    `ip link set ${ifb} up`,
    ...impair(ifb, input, gate(ifb)),
    `tc qdisc add dev ${DEVICE} clsact`,
    ...redirections(handle).map(
      (filter) => `tc filter add ${filter} matchall action mirred egress redirect dev ${ifb}`,
    ),
  ];
  return [
    ...(direction === 'egress' ? [] : ingress),
    ...(direction === 'ingress' ? [] : impair(DEVICE, input, gate(DEVICE))),
  ];
}

/** An ifb holds 32 packets by default, and would drop the rest of a burst. */
const IFB_QUEUE_PACKETS = 10_000;

/**
 * What keeps the link itself working, as ICMPv6 types: multicast listener discovery 130 to 132 and 143, neighbour discovery
 * 133 to 136 (RFC 2710, 3810, 4861). ARP needs no filter: what is neither IPv4 nor IPv6 passes.
 */
const LINK_CONTROL = [130, 131, 132, 133, 134, 135, 136, 143];

/** Priority of the gate's filter for the spec itself; that of the n-th step is n less, so that the latest comes first. */
const GATE_PRIORITY = 16;

/** prio's default priomap would send packets with a TOS into other bands. */
const TO_FIRST_BAND = `priomap${' 0'.repeat(16)}`;

function impair(
  device: string,
  { handle, onlyPeers }: ProgramInput,
  gate: readonly string[],
): string[] {
  const root = rootMajor(handle);
  const filter = (protocol: string, prio: number, rest: string) =>
    `tc filter add dev ${device} parent ${root} protocol ${protocol} prio ${prio} ${rest}`;
  return [
    `tc qdisc add dev ${device} root handle ${root} prio bands 2 ${TO_FIRST_BAND}`,
    ...gate,
    ...LINK_CONTROL.map((type) =>
      filter('ipv6', 2, `flower ip_proto icmpv6 type ${type} classid ${root}1`),
    ),
    ...(onlyPeers
      ? []
      : [
          filter('ip', 30, `matchall classid ${root}2`),
          filter('ipv6', 31, `matchall classid ${root}2`),
        ]),
  ];
}

function netemGate(device: string, { handle, netem }: ProgramInput): string[] {
  const gate = gateMajor(handle);
  return [
    `tc qdisc add dev ${device} parent ${rootMajor(handle)}2 handle ${gate} prio bands ${netem.length + 1} ${TO_FIRST_BAND}`,
    ...netem.map(
      (words, step) =>
        `tc qdisc add dev ${device} parent ${gate}${minor(step)} handle ${leafMajor(handle, step)} netem ${words}`,
    ),
    gateFilter(device, handle, 0),
  ];
}

/**
 * The same loss without netem: a classic BPF program that draws 32 random bits for each packet (`ld rand`, ancillary
 * word 0xfffff038) leads those below the threshold to a qdisc that drops all, which looks like loss on the wire. Both
 * filters count: what is lost, and what passes.
 */
function blackholeGate(device: string, handle: Handle, lossPercentage: number): string[] {
  const gate = gateMajor(handle);
  const below = Math.min(Math.round((lossPercentage / 100) * 2 ** 32), 2 ** 32 - 1);
  const bytecode = `4,32 0 0 4294963256,53 1 0 ${below},6 0 0 4294967295,6 0 0 0`;
  const filter = (prio: number, rest: string) =>
    `tc filter add dev ${device} parent ${gate} protocol all prio ${prio} ${rest} action ok`;
  return [
    `tc qdisc add dev ${device} parent ${rootMajor(handle)}2 handle ${gate} prio bands 2 ${TO_FIRST_BAND}`,
    `tc qdisc add dev ${device} parent ${gate}2 handle ${leafMajor(handle, 0)} blackhole`,
    filter(GATE_PRIORITY - 1, `bpf bytecode "${bytecode}" classid ${gate}2`),
    filter(GATE_PRIORITY, `matchall classid ${gate}1`),
  ];
}

/** Leads every packet of the gate to the netem of a step, and counts it. */
function gateFilter(device: string, handle: Handle, step: number): string {
  const gate = gateMajor(handle);
  return `tc filter add dev ${device} parent ${gate} protocol all prio ${GATE_PRIORITY - step} matchall classid ${gate}${minor(step)} action ok`;
}

/** Band 1 of the gate passes packets on; the netem of the spec is in band 2. tc writes bands in hexadecimal. */
const minor = (step: number) => (step + 2).toString(16);

/** The ingress filters that lead to the ifb, without what they do. */
function redirections(handle: Handle): string[] {
  const prio = ingressPriorities(handle);
  return [
    `dev ${DEVICE} ingress protocol ip prio ${prio.ip}`,
    `dev ${DEVICE} ingress protocol ipv6 prio ${prio.ipv6}`,
  ];
}
