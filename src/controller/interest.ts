import type { ChaosExperiment } from '../api/v1alpha1/chaos-experiment.generated.ts';
import { isFinal } from '../api/v1alpha1/phases.ts';
import type { Change } from '../kube/store.ts';

/** Which running experiments have to look when a pod changes. */
export class Interest {
  readonly #experimentsOf = new Map<string, Set<string>>();
  readonly #podsOf = new Map<string, readonly string[]>();

  /** Takes a change of an experiment into account. */
  follow({ key, now }: Change<ChaosExperiment>): void {
    for (const pod of this.#podsOf.get(key) ?? []) {
      const experiments = this.#experimentsOf.get(pod);
      experiments?.delete(key);
      if (experiments?.size === 0) this.#experimentsOf.delete(pod);
    }
    this.#podsOf.delete(key);
    if (now?.status?.startTime === undefined || isFinal(now.status.phase)) return;
    const pods = (now.status.pods ?? []).map(({ namespace, name }) => `${namespace}/${name}`);
    this.#podsOf.set(key, pods);
    for (const pod of pods) {
      this.#experimentsOf.set(pod, (this.#experimentsOf.get(pod) ?? new Set()).add(key));
    }
  }

  /** Keys of the experiments that have this pod in their hands. */
  inPod(pod: string): Iterable<string> {
    return this.#experimentsOf.get(pod) ?? [];
  }
}
