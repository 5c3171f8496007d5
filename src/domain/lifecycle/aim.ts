import type { AcceptedReason } from '../../api/v1alpha1/reasons.ts';
import type { ResolvedPeers } from '../peers/resolve.ts';
import { explain } from '../safety/rules.ts';

/** Why nobody is hit although pods are chosen: what the fault is aimed at, or spares, cannot be found, or is too much. */
export function aimless(
  peers: ResolvedPeers | undefined,
): { readonly reason: AcceptedReason; readonly message: string } | undefined {
  if (peers === undefined) return undefined;
  if (peers.unresolved.length > 0) {
    return { reason: 'PeersUnresolved', message: explain(peers.unresolved) };
  }
  return peers.tooMany && { reason: 'TooManyPeers', message: explain([peers.tooMany]) };
}
