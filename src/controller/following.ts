import { isDeepStrictEqual } from 'node:util';
import type { ChaosExperiment } from '../api/v1alpha1/chaos-experiment.generated.ts';
import { isFinal } from '../api/v1alpha1/phases.ts';
import { isDynamic } from '../domain/lifecycle/join.ts';
import type { Pod } from '../domain/targets/pod.ts';
import type { Change } from '../kube/store.ts';

/** Whether two sights of a pod are the same to whoever follows pods by their labels, addresses and readiness to be hit. */
export function isAlike(old: Pod | undefined, now: Pod | undefined): boolean {
  const seen = (pod: Pod | undefined) =>
    pod && [
      pod.metadata.uid,
      pod.metadata.labels,
      pod.ips,
      pod.phase,
      pod.terminating,
      pod.excluded,
    ];
  return isDeepStrictEqual(seen(old), seen(now));
}

/** Which running experiments have to look when the world around them changes: those with peers, and those that pods may join. */
export class Following {
  readonly #keys = new Set<string>();

  /** Takes a change of an experiment into account. */
  follow({ key, now }: Change<ChaosExperiment>): void {
    const status = now?.status;
    const runs = status?.startTime !== undefined && !isFinal(status.phase);
    if (now !== undefined && runs && (status.run?.peers !== undefined || isDynamic(now)))
      this.#keys.add(key);
    else this.#keys.delete(key);
  }

  /** Keys of these experiments. */
  keys(): Iterable<string> {
    return this.#keys;
  }
}
