import { NO_ACTIVITY, type PodActivity } from '../domain/lifecycle/observed.ts';

interface RunActivities {
  wroteAhead: boolean;
  readonly pods: Map<string, PodActivity>;
}

/**
 * What this process has done and learned for each attempt of each run. It is lost when the process ends, and
 * everything in it can be learned again from the cluster.
 */
export class Activities {
  readonly #runs = new Map<string, RunActivities>();

  of(experimentUid: string, attempt: number): Readonly<RunActivities> {
    return this.#run(experimentUid, attempt);
  }

  recordWriteAhead(experimentUid: string, attempt: number): void {
    this.#run(experimentUid, attempt).wroteAhead = true;
  }

  record(experimentUid: string, attempt: number, pod: string, change: Partial<PodActivity>): void {
    const { pods } = this.#run(experimentUid, attempt);
    pods.set(pod, { ...(pods.get(pod) ?? NO_ACTIVITY), ...change });
  }

  /** Forgets every attempt of the run. */
  forget(experimentUid: string): void {
    for (const key of this.#runs.keys()) {
      if (key.startsWith(`${experimentUid}/`)) this.#runs.delete(key);
    }
  }

  #run(experimentUid: string, attempt: number): RunActivities {
    const key = `${experimentUid}/${attempt}`;
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    const fresh = { wroteAhead: false, pods: new Map<string, PodActivity>() };
    this.#runs.set(key, fresh);
    return fresh;
  }
}
