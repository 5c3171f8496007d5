import type { Share } from '../safety/percentage.ts';
import { isRunning, type Pod } from './pod.ts';

/** Pods of one group are made alike, so admission judges what is added to them alike. */
export function admissionGroup({ owner, metadata }: Pod): string {
  return `${metadata.namespace}/${owner?.uid ?? metadata.uid}`;
}

/** How much of what one owner controls is, or would be, under faults. */
export interface OwnerShare extends Share {
  /** Such as `ReplicaSet shop/web-5d8f`. */
  readonly name: string;
}

/**
 * The owners of the selected pods, with all their running pods, whether these match or not: pods that are named one by
 * one, or have a label of their own, are still a share of what their owner runs. Pods without an owner belong to none.
 */
export function ownerShares(
  selected: readonly Pod[],
  pods: readonly Pod[],
  faultedBy: (pod: Pod) => string | undefined,
): OwnerShare[] {
  const chosen = new Set(selected);
  const shares = new Map<
    string,
    { name: string; selected: number; faulted: number; running: number }
  >();
  for (const { owner, metadata } of selected) {
    if (owner === undefined) continue;
    const name = `${owner.kind} ${metadata.namespace}/${owner.name}`;
    shares.set(owner.uid, { name, selected: 0, faulted: 0, running: 0 });
  }
  for (const pod of pods) {
    const share = pod.owner && shares.get(pod.owner.uid);
    if (share === undefined || !isRunning(pod)) continue;
    share.running += 1;
    if (chosen.has(pod)) share.selected += 1;
    if (faultedBy(pod) !== undefined) share.faulted += 1;
  }
  return [...shares.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
