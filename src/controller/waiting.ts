import type { ChaosExperiment } from '../api/v1alpha1/chaos-experiment.generated.ts';
import { isQueued } from '../domain/safety/queue.ts';
import type { Change } from '../kube/store.ts';

/** Which experiments have to look when a place becomes free. */
export class Waiting {
  readonly #keys = new Set<string>();

  /** Takes a change of an experiment into account. */
  follow({ key, now }: Change<ChaosExperiment>): void {
    if (now !== undefined && isQueued(now)) this.#keys.add(key);
    else this.#keys.delete(key);
  }

  /** Keys of the experiments that wait for a place. */
  keys(): Iterable<string> {
    return this.#keys;
  }
}
