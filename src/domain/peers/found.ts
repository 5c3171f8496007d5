import type { Peer } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { parseCidr } from './cidr.ts';
import type { Match } from './ports.ts';
import { NONE, type PeerRule, type Verdict } from './rule.ts';
import type { PeerWorld } from './world.ts';

/** A peer, and where to look for it. */
export interface Sought {
  readonly peer: Peer;
  readonly verdict: Verdict;
  /** The experiment's own. */
  readonly namespace: string;
  readonly world: PeerWorld;
}

/** A rule to which the verdict is still to be added. */
export type Aim = Omit<PeerRule, 'verdict'>;

/** What keeps a peer from being somebody. */
export interface Problem {
  /** A path within the peer, such as `service.port`; empty for the peer itself. */
  readonly field: string;
  /** What is wrong and what would pass. */
  readonly message: string;
}

/** What a peer has come to. Where something is wrong the rest holds all the same. */
export interface Found {
  readonly aims: readonly Aim[];
  readonly problems?: readonly Problem[];
  /** Services (namespace/name) that are meant with all that leads to those meant. */
  readonly covered?: readonly string[];
  /** Services (namespace/name) of which some endpoints are meant, and which are not meant by their own addresses. */
  readonly partial?: readonly string[];
}

export const nothing = (field: string, message: string): Found => ({
  aims: [],
  problems: [{ field, message }],
});

/** All this traffic with all these addresses or ranges; what is neither is left out. */
export function aimsAt(addresses: readonly string[], matches: readonly Match[]): Aim[] {
  return addresses.flatMap((address) => {
    const range = parseCidr(address);
    if (range === undefined) return [];
    return matches.map((match) => ({ ...match, family: range.family, address: range.text }));
  });
}

/** All this traffic with whoever has the name. */
export function aimsAtHost(name: string, matches: readonly Match[]): Aim[] {
  return matches.map((match) => ({ ...match, family: 'host', address: name.toLowerCase() }));
}

/** All this traffic with everybody. */
export function aimsAtAll(matches: readonly Match[]): Aim[] {
  return matches.map((match) => ({ ...match, family: 'any', address: NONE }));
}
