import type { AcceptedReason } from '../../api/v1alpha1/reasons.ts';
import type { Observed } from './observed.ts';
import type { World } from './propose.ts';

/** The cluster as planning sees it, or why no plan can be made now. */
export type WorldReading =
  | { readonly kind: 'read'; readonly value: World }
  | { readonly kind: 'unreadable'; readonly reason: AcceptedReason; readonly message: string };

/** All that a plan depends on: what cannot be read, or may be too old, allows none. */
export function worldOf({
  pods,
  namespaces,
  limits,
  peers,
  others,
  ended,
}: Observed): WorldReading {
  if (limits.kind === 'unreadable') {
    return { kind: 'unreadable', reason: 'PolicyUnreadable', message: limits.message };
  }
  const unreadable = (message: string) =>
    ({ kind: 'unreadable', reason: 'ClusterUnreadable', message }) as const;
  if (namespaces.kind === 'unreadable') return unreadable(namespaces.message);
  if (pods.kind === 'unreadable') return unreadable(pods.message);
  if (pods.stale !== undefined) return unreadable(pods.stale);
  if (peers.kind === 'unreadable') return unreadable(peers.message);
  return {
    kind: 'read',
    value: {
      pods: pods.all,
      namespaces: namespaces.value,
      limits: limits.value,
      peers: peers.value,
      others,
      ended,
    },
  };
}
