import type { ChaosExperimentStatus } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import type { Pod } from '../targets/pod.ts';

/** Something to be done in the cluster for one pod. What becomes of it comes back as an observation. */
export type Effect =
  /** Add the agent's container. The same again is no change, so it may be repeated. */
  | { readonly kind: 'inject'; readonly pod: Pod }
  /** Ask admission about the container that the run, if it started as `preview` says, would add; nothing is changed. */
  | { readonly kind: 'preflight'; readonly pod: Pod; readonly preview: ChaosExperimentStatus }
  /** Read the agent's log until it has proven its fault or ended. */
  | { readonly kind: 'prove'; readonly pod: Pod }
  /** Tell the agent where its peers are now. */
  | {
      readonly kind: 'update';
      readonly pod: Pod;
      readonly generation: string;
      readonly lines: readonly string[];
    }
  /** Tell the agent to take its fault away. */
  | { readonly kind: 'stop'; readonly pod: Pod }
  /** Add the n-th container that takes away what the agent left. */
  | { readonly kind: 'reap'; readonly pod: Pod; readonly n: number };

export interface Decision {
  /** The status that should be; equal to the present one when there is nothing to write. */
  readonly status: ChaosExperimentStatus;
  /** The status holds a new plan: it must be written, unchanged since it was observed, before anything is done. */
  readonly writeAhead?: boolean;
  readonly finalizer?: 'add' | 'remove';
  /** The experiment has outlived its end for long enough: it is to be deleted. */
  readonly expired?: boolean;
  readonly effects: readonly Effect[];
  /** Decide again at this time (milliseconds since the epoch) even if nothing happens. */
  readonly wakeAt?: number;
}

/** The earlier of two times. */
export function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
