import { type Handle, ifbName, ingressPriorities, leafMajor, rootMajor } from './handle.ts';
import { type Impairment, netemArguments } from './netem.ts';

export type Direction = 'egress' | 'ingress' | 'both';

/** Stands in every line for the pod's interface, which only the agent can know. */
export const DEVICE = '{dev}';

/**
 * What the agent executes: lines that begin with `ip` or `tc`, in order. Every qdisc is added with an
 * explicit handle, so that the kernel itself refuses to displace somebody else's (tc(8): add without a
 * handle replaces a qdisc of another kind).
 */
export interface Program {
  install: string[];
  undo: string[];
}

/**
 * The program of one run in one pod. Both directions have the same shape: a prio qdisc whose filters send IPv4 and
 * IPv6 to a netem leaf and count each segment on the way (`action ok`), and everything else past it.
 * ARP, IPv6 neighbour discovery and multicast listener discovery are never impaired: a pod that cannot resolve its gateway shows
 * another fault than the one that was asked for.
 *
 * Undo ends the fault with its first lines (our filters and our root qdisc) and clears up what they leave afterwards. The
 * filters go before the ifb that they point to: the other order drops all ingress.
 */
export function program(handle: Handle, direction: Direction, impairment: Impairment): Program {
  const install: string[] = [];
  const undo: string[] = [];
  const ifb = ifbName(handle);
  if (direction !== 'egress') {
    install.push(
      `ip link add ${ifb} type ifb`,
      `ip link set ${ifb} up`,
      ...impair(ifb, handle, impairment),
      `tc qdisc add dev ${DEVICE} clsact`,
      ...redirections(handle).map(
        (filter) => `tc filter add ${filter} matchall action mirred egress redirect dev ${ifb}`,
      ),
    );
    undo.push(...redirections(handle).map((filter) => `tc filter del ${filter}`));
  }
  if (direction !== 'ingress') {
    install.push(...impair(DEVICE, handle, impairment));
    undo.push(`tc qdisc del dev ${DEVICE} root handle ${rootMajor(handle)}`);
  }
  if (direction !== 'egress') {
    undo.push(`tc qdisc del dev ${DEVICE} clsact`, `ip link del ${ifb} type ifb`);
  }
  return { install, undo };
}

/**
 * ICMPv6 types that a link needs to work at all: multicast listener discovery, by which a snooping switch learns where
 * to send the rest (RFC 2710, RFC 3810), and router and neighbour solicitation and advertisement (RFC 4861).
 */
const LINK_CONTROL = [130, 131, 132, 133, 134, 135, 136, 143];

function impair(device: string, handle: Handle, impairment: Impairment): string[] {
  const root = rootMajor(handle);
  const passing = `classid ${root}1 action ok`;
  const impaired = `classid ${root}2 action ok`;
  const filter = (protocol: string, prio: number, rest: string) =>
    `tc filter add dev ${device} parent ${root} protocol ${protocol} prio ${prio} ${rest}`;
  return [
    // prio's default priomap would send packets with a TOS into the impaired band.
    `tc qdisc add dev ${device} root handle ${root} prio bands 2 priomap${' 0'.repeat(16)}`,
    `tc qdisc add dev ${device} parent ${root}2 handle ${leafMajor(handle)} netem ${netemArguments(impairment).join(' ')}`,
    filter('ip', 1, `matchall ${impaired}`),
    ...LINK_CONTROL.map((type) =>
      filter('ipv6', 2, `flower ip_proto icmpv6 type ${type} ${passing}`),
    ),
    filter('ipv6', 3, `matchall ${impaired}`),
  ];
}

/** The ingress filters that lead to the ifb, without what they do. */
function redirections(handle: Handle): string[] {
  const prio = ingressPriorities(handle);
  return [
    `dev ${DEVICE} ingress protocol ip prio ${prio.ip}`,
    `dev ${DEVICE} ingress protocol ipv6 prio ${prio.ipv6}`,
  ];
}
