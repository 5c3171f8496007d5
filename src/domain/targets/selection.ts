import { fingerprint } from '../fingerprint.ts';
import type { Pod } from './pod.ts';

/**
 * The number of pods that `count` asks for: itself, or a percentage of the matched pods that run,
 * rounded down and at least 1.
 */
export function wantedPods(count: number | string, running: number): number {
  if (typeof count === 'number') return count;
  return Math.max(1, Math.floor((running * Number.parseInt(count, 10)) / 100));
}

/**
 * The first `wanted` pods by rendezvous hashing of their uids (Thaler and Ravishankar, 1998): the choice is the same
 * for the same seed and pods in whatever order they come, and a pod that comes or goes changes it by
 * at most one. Pods in `preferred` come first, which keeps a dry run's promise when pods were added since.
 */
export function select(
  eligible: readonly Pod[],
  wanted: number,
  seed: string,
  preferred: (pod: Pod) => boolean = () => false,
): Pod[] {
  return eligible
    .map((pod) => ({
      pod,
      rank: (preferred(pod) ? '0' : '1') + fingerprint(`${seed}/${pod.metadata.uid}`),
    }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, wanted)
    .map(({ pod }) => pod);
}
