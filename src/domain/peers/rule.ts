import type { Family } from './cidr.ts';
import type { Match, PortRange, RuleProtocol } from './ports.ts';

/** Whether packets are hit, or passed on unharmed whatever else would hit them. */
export type Verdict = 'hit' | 'pass';

/** One rule of a run's peers, for one address. */
export interface PeerRule extends Match {
  readonly verdict: Verdict;
  /** any: everybody, of both families. host: a DNS name. gateway: the pod's default gateways. */
  readonly family: Family | 'any' | 'host' | 'gateway';
  /** As canonical text, a host name for host, `-` for any and gateway. */
  readonly address: string;
}

/** In the place of addresses and ports that are not limited. */
export const NONE = '-';

/**
 * The rules as text for the agent, one line for all addresses of the same kind:
 *
 *     VERDICT FAMILY PROTOCOL PEERPORTS LOCALPORTS ADDRESS...
 *
 * Equal sets of rules give equal lines. No two of them say the same of the same packets in the same words (the kernel
 * refuses a filter that it has): of a rule for l4 and one for tcp, with the rest alike, the second goes, as do
 * addresses of prefix length 0 where everybody is named.
 */
export function ruleLines(rules: readonly PeerRule[]): string[] {
  const kinds = new Map<string, Set<string>>();
  const filters = new Set<string>();
  const add = (rule: PeerRule) => {
    const kind = kindOf(rule);
    const addresses = kinds.get(kind);
    if (addresses === undefined) kinds.set(kind, new Set([rule.address]));
    else addresses.add(rule.address);
  };
  for (const rule of rules.toSorted((a, b) => breadth(b) - breadth(a))) {
    const all = simple(rule);
    const missing = all.filter((one) => !filters.has(filterOf(one)));
    for (const one of missing) filters.add(filterOf(one));
    if (missing.length === all.length) add(rule);
    else for (const one of missing) add(one);
  }
  return [...kinds].map(([kind, addresses]) => `${kind} ${[...addresses].sort().join(' ')}`).sort();
}

/** The version of IP of all packets that rules in these lines hit; undefined when they hit both, or only the pod knows. */
export function onlyVersionHit(lines: readonly string[]): 4 | 6 | undefined {
  const hits = lines.filter((line) => line.startsWith('hit '));
  const only = (family: Family) =>
    hits.length > 0 && hits.every((line) => line.startsWith(`hit ${family} `));
  if (only('ip')) return 4;
  return only('ipv6') ? 6 : undefined;
}

const kindOf = ({ verdict, family, protocol, peer, local }: PeerRule) =>
  `${verdict} ${family} ${protocol} ${portsText(peer)} ${portsText(local)}`;

function portsText(range: PortRange | undefined): string {
  if (range === undefined) return NONE;
  const { first, last } = range;
  return first === last ? `${first}` : `${first}-${last}`;
}

/** How many filters of the kernel a rule is for one address. */
const breadth = ({ protocol, family }: PeerRule) =>
  (protocol === 'l4' ? 3 : 1) * (family === 'any' ? 2 : 1);

/** The rule in parts of one family and one protocol each. */
function simple(rule: PeerRule): PeerRule[] {
  if (breadth(rule) === 1) return [rule];
  const protocols: RuleProtocol[] =
    rule.protocol === 'l4' ? ['tcp', 'udp', 'sctp'] : [rule.protocol];
  const families: PeerRule['family'][] = rule.family === 'any' ? ['ip', 'ipv6'] : [rule.family];
  return protocols.flatMap((protocol) =>
    families.map((family) => ({
      ...rule,
      protocol,
      family,
      ...(rule.family === 'any' && { address: EVERY[family === 'ip' ? 'ip' : 'ipv6'] }),
    })),
  );
}

/** Everybody of a family. */
const EVERY = { ip: '0.0.0.0/0', ipv6: '::/0' } as const;

const filterOf = (rule: PeerRule) => `${kindOf(rule)} ${rule.address}`;
