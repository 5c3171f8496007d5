import { NO_ACTIVITY, type PodActivity } from '../domain/lifecycle/observed.ts';

interface RunActivities {
  wroteAhead: boolean;
  readonly pods: Map<string, PodActivity>;
}

/**
 * What this process has done and learned for each round of each experiment: an attempt, or the planning of a generation. It is lost when the process ends, and
 * everything in it can be learned again from the cluster.
 */
export class Activities {
  readonly #runs = new Map<string, RunActivities>();

  of(experimentUid: string, round: string): Readonly<RunActivities> {
    return this.#run(experimentUid, round);
  }

  recordWriteAhead(experimentUid: string, round: string): void {
    this.#run(experimentUid, round).wroteAhead = true;
  }

  record(experimentUid: string, round: string, pod: string, change: Partial<PodActivity>): void {
    const { pods } = this.#run(experimentUid, round);
    pods.set(pod, { ...(pods.get(pod) ?? NO_ACTIVITY), ...change });
  }

  /** Forgets every attempt of the run. */
  forget(experimentUid: string): void {
    for (const key of this.#runs.keys()) {
      if (key.startsWith(`${experimentUid}/`)) this.#runs.delete(key);
    }
  }

  #run(experimentUid: string, round: string): RunActivities {
    const key = `${experimentUid}/${round}`;
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    const fresh = { wroteAhead: false, pods: new Map<string, PodActivity>() };
    this.#runs.set(key, fresh);
    return fresh;
  }
}
