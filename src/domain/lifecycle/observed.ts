import type { ChaosExperiment, Engine } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import type { PodReason } from '../../api/v1alpha1/reasons.ts';
import type { AgentReport } from '../agent/report.ts';
import type { PeerWorld } from '../peers/world.ts';
import type { Limits } from '../safety/limits.ts';
import type { Namespaces } from '../targets/namespace.ts';
import type { Pod } from '../targets/pod.ts';

/** Everything that a decision depends on, gathered at one moment. */
export interface Observed {
  readonly experiment: ChaosExperiment;
  /** All pods that this controller can see, or that they cannot be read now, which is not the same as none. */
  readonly pods: PodReading;
  readonly namespaces: Reading<Namespaces>;
  /** Where peers, and the pods of a Service, are looked for. */
  readonly peers: Reading<PeerWorld>;
  /** What the safety policies allow. */
  readonly limits: Reading<Limits>;
  /** The runs of the other experiments. */
  readonly others: readonly ChaosExperiment[];
  /** Whether the experiment of that uid is gone, and was over when it went, as far as this process has seen. */
  readonly ended: (uid: string) => boolean;
  /** What became of the effects that this process has carried out for this run, by the pod's short uid. */
  readonly activities: ReadonlyMap<string, PodActivity>;
  /** This process wrote the run's plan itself: no earlier process can have acted on it. */
  readonly wroteAhead: boolean;
  readonly settings: Settings;
}

/** What was read, or why it cannot be read now. */
export type Reading<Value> =
  | { readonly kind: 'unreadable'; readonly message: string }
  | { readonly kind: 'read'; readonly value: Value };

export type PodReading =
  | {
      readonly kind: 'unreadable';
      readonly message: string;
      /** Since when, in milliseconds since the epoch; without it, for longer than anybody waits. */
      readonly since?: number;
    }
  | {
      readonly kind: 'read';
      /** Why this may be too old to make a plan by; it serves for a run that goes on. */
      readonly stale?: string;
      readonly all: readonly Pod[];
      readonly get: (namespace: string, name: string) => Pod | undefined;
    };

/** What the installation decides, not the user. */
export interface Settings {
  readonly injectorImage: string;
}

/** One kind of effect for one pod: at most one is under way at a time. */
export type Activity<Result> =
  | { readonly kind: 'idle' }
  | { readonly kind: 'busy' }
  /** What it has changed shows in the same observation, or nothing of it ever will. */
  | { readonly kind: 'done'; readonly at: number; readonly result: Result }
  /** It failed for now. `tries` counts failures in a row. */
  | {
      readonly kind: 'failed';
      readonly at: number;
      readonly tries: number;
      readonly denied: boolean;
      /** The cluster's own answer was that the container has not been started. */
      readonly unstarted?: true;
      readonly message: string;
    };

export type InjectResult =
  | { readonly kind: 'accepted' }
  /** The API server said no; asking again would not help. */
  | { readonly kind: 'refused'; readonly reason: PodReason; readonly message: string };

/** What the agent itself has said so far. */
export interface Proof {
  /** Node clock at its start, and ours when we read it, in milliseconds since the epoch. */
  readonly startedAtMs?: number;
  readonly readAt: number;
  /** Node clock at the moment when the fault was read back. */
  readonly appliedAtMs?: number;
  /** What loses the packets where that is not netem. */
  readonly engine?: Engine;
}

/** The agent was told. Its report came with the answer, or did not in time. */
export interface StopResult {
  readonly report?: AgentReport;
}

/** The agent has these peers in force. */
export interface UpdateResult {
  readonly generation: string;
}

export interface PodActivity {
  readonly preflight: Activity<InjectResult>;
  readonly inject: Activity<InjectResult>;
  /** An injection may have reached the API server although no answer came back. */
  readonly injectUncertain: boolean;
  readonly proof: Activity<Proof>;
  readonly update: Activity<UpdateResult>;
  readonly stop: Activity<StopResult>;
  readonly reap: Activity<InjectResult>;
}

export const NO_ACTIVITY: PodActivity = {
  preflight: { kind: 'idle' },
  inject: { kind: 'idle' },
  injectUncertain: false,
  proof: { kind: 'idle' },
  update: { kind: 'idle' },
  stop: { kind: 'idle' },
  reap: { kind: 'idle' },
};

/** The part of a pod's uid that status keeps: 48 bits. */
export function shortUid(pod: Pod): string {
  return pod.metadata.uid.slice(0, 13);
}
