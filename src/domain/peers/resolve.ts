import type { Peer } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { aimsAtAll, aimsAtHost, type Found, nothing, type Sought } from './found.ts';
import { findPods } from './pods-peer.ts';
import { combine, portMatches } from './ports.ts';
import { findRange } from './range-peer.ts';
import { NONE, type PeerRule, ruleLines } from './rule.ts';
import { findService, NOTHING_IN_COMMON } from './service-peer.ts';
import type { PeerWorld } from './world.ts';

export interface PeerInput {
  /** The experiment's own. */
  readonly namespace: string;
  readonly peers?: readonly Peer[] | undefined;
  readonly exceptPeers?: readonly Peer[] | undefined;
  readonly world: PeerWorld;
}

/** A peer that is nobody, or more than there is room for. */
export interface Unresolved {
  /** A path such as `spec.peers[0].service`. */
  readonly field: string;
  /** What is wrong and what would pass. */
  readonly message: string;
}

export interface ResolvedPeers {
  /** What the agent is told, in an order that depends on nothing but the rules; see {@link ruleLines}. */
  readonly lines: readonly string[];
  /** Peers of whom something is missing. What was found of them, and the others, are in the lines all the same. */
  readonly unresolved: readonly Unresolved[];
  /** Services (namespace/name) of which a range means some endpoints only: not meant where called by their own addresses. */
  readonly partial: readonly string[];
  /** Addresses, ranges and names in the lines. */
  readonly addresses: number;
  /** Set where the lines are more than a container can be given. */
  readonly tooMany?: Unresolved;
}

/** Linux takes 128 KiB in a variable (MAX_ARG_STRLEN); the rest is for what is added to each pod of its own. */
const MOST_BYTES = 100_000;

/** Whom the peers and exceptions of an experiment mean now. Nobody is meant by a peer that cannot be found. */
export function resolvePeers({
  namespace,
  peers = [],
  exceptPeers = [],
  world,
}: PeerInput): ResolvedPeers {
  const rules: PeerRule[] = [];
  const unresolved: Unresolved[] = [];
  const partial = new Set<string>();
  for (const [list, verdict] of [
    ['peers', 'hit'],
    ['exceptPeers', 'pass'],
  ] as const) {
    const covered = new Set<string>();
    const left = new Set<string>();
    for (const [at, peer] of (list === 'peers' ? peers : exceptPeers).entries()) {
      const found = find({ peer, verdict, namespace, world });
      for (const aim of found.aims) rules.push({ ...aim, verdict });
      for (const { field, message } of found.problems ?? []) {
        unresolved.push({
          field: `spec.${list}[${at}]${field === '' ? '' : `.${field}`}`,
          message,
        });
      }
      for (const service of found.covered ?? []) covered.add(service);
      for (const service of found.partial ?? []) left.add(service);
    }
    for (const service of left) if (!covered.has(service)) partial.add(service);
  }
  const lines = ruleLines(rules);
  const addresses = lines.reduce((sum, line) => sum + addressesIn(line), 0);
  const tooMany = excess(lines, addresses);
  return {
    lines,
    unresolved,
    partial: [...partial].sort(),
    addresses,
    ...(tooMany && { tooMany }),
  };
}

function find(sought: Sought): Found {
  const { peer, verdict } = sought;
  if (peer.cidr !== undefined) return findRange(sought);
  if (peer.service !== undefined) return findService(sought);
  if (peer.pods !== undefined) return findPods(sought);
  if (peer.kubelet === true) {
    // The node's own addresses differ from pod to pod and are added there.
    return verdict === 'pass'
      ? { aims: [{ family: 'gateway', protocol: 'any', address: NONE }] }
      : nothing('kubelet', 'is for exceptPeers only');
  }
  const isAnybody = peer.ports === undefined && peer.localPorts === undefined;
  if (peer.host === undefined && isAnybody) {
    return nothing('', 'names nobody: needs cidr, host, service, pods, ports or localPorts');
  }
  const matches = combine(portMatches(peer.ports), portMatches(peer.localPorts));
  if (matches.length === 0) return nothing('localPorts', NOTHING_IN_COMMON);
  return { aims: peer.host === undefined ? aimsAtAll(matches) : aimsAtHost(peer.host, matches) };
}

function addressesIn(line: string): number {
  const words = line.split(' ').slice(5);
  return words[0] === NONE ? 0 : words.length;
}

function excess(lines: readonly string[], addresses: number): Unresolved | undefined {
  const bytes = lines.reduce((sum, line) => sum + line.length + 1, 0);
  if (bytes <= MOST_BYTES) return undefined;
  const most = Math.floor((addresses * MOST_BYTES) / bytes);
  return {
    field: 'spec.peers',
    message: `with exceptPeers come to ${addresses} addresses (${bytes} bytes): at most ${MOST_BYTES} bytes, about ${most} such addresses; a cidr counts as one`,
  };
}
