import { isDeepStrictEqual } from 'node:util';
import type {
  ChaosExperiment,
  ChaosExperimentStatus,
} from '../api/v1alpha1/chaos-experiment.generated.ts';
import { decide } from '../domain/lifecycle/decide.ts';
import type { Decision } from '../domain/lifecycle/effects.ts';
import type { Observed, PodReading, Settings } from '../domain/lifecycle/observed.ts';
import { isFinal } from '../api/v1alpha1/phases.ts';
import { hasStarted } from '../domain/lifecycle/run.ts';
import { type LabelSelector, matchesSelector } from '../domain/targets/selector.ts';
import type { Pod } from '../domain/targets/pod.ts';
import type { StartedExperiment } from '../injector/container.ts';
import type { Clock } from '../kube/clock.ts';
import { KubeError } from '../kube/errors.ts';
import { keyOf, type Store } from '../kube/store.ts';
import type { Outcome } from '../kube/work-queue.ts';
import type { Activities } from './activities.ts';
import type { Announcer } from './announce.ts';
import type { Experiments } from './experiments.ts';
import { failpoint } from './failpoint.ts';
import { Gate } from './gate.ts';
import type { Runner } from './runner.ts';

export interface ReconcilerOptions {
  readonly experiments: Store<ChaosExperiment>;
  readonly pods: Store<Pod>;
  /** Why the pods cannot be read at present; undefined when they can. */
  readonly podsUnreadable: () => string | undefined;
  readonly writes: Experiments;
  readonly runner: Runner;
  readonly activities: Activities;
  readonly announcer: Announcer;
  readonly clock: Clock;
  readonly settings: Settings;
  /** Only experiments with these labels are acted on; all are seen. */
  readonly selector: LabelSelector | undefined;
}

/** Steps that one experiment may take in a row before others get their turn. */
const MAX_STEPS = 8;

/** Least time between two writes of mere progress: 1 s, and 2 ms a pod, so that a run of 5,000 pods writes once in 10 s. */
const progressIntervalMs = (pods: number) => Math.max(1_000, 2 * pods);

/**
 * Brings one experiment to where it should be: gather, decide, carry out, write, and again until nothing is left to
 * do. Level-based: it depends on what is there, never on which event woke it.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  /** Plans are made one at a time, so that two experiments never choose the same pod from the same sight. */
  readonly #planning = new Gate(1);
  readonly #wroteAt = new Map<string, number>();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(key: string): Promise<Outcome> {
    try {
      for (let step = 0; step < MAX_STEPS; step += 1) {
        const experiment = this.#options.experiments.get(key);
        if (experiment === undefined || !this.#isMine(experiment)) return { kind: 'done' };
        const outcome = hasStarted(experiment.status)
          ? await this.#step(experiment)
          : await this.#planning.pass(() =>
              this.#step(this.#options.experiments.get(key) ?? experiment),
            );
        if (outcome !== 'again') return outcome;
      }
      return { kind: 'after', ms: 0 };
    } catch (error) {
      // Somebody else wrote first: the watch brings what they wrote, and us back.
      if (error instanceof KubeError && error.code === 'Conflict') return { kind: 'after', ms: 50 };
      if (error instanceof KubeError && error.code === 'NotFound') return { kind: 'done' };
      return { kind: 'retry', error };
    }
  }

  /** The experiment is gone from the cluster. */
  forget(experiment: ChaosExperiment): void {
    this.#options.activities.forget(experiment.metadata.uid);
    this.#wroteAt.delete(experiment.metadata.uid);
  }

  #isMine({ metadata }: ChaosExperiment): boolean {
    const { selector } = this.#options;
    return selector === undefined || matchesSelector(selector, metadata.labels ?? {});
  }

  async #step(experiment: ChaosExperiment): Promise<Outcome | 'again'> {
    const { clock, runner, experiments, writes } = this.#options;
    const now = clock.now();
    const decision = decide(this.#observe(experiment), now);
    if (hasStarted(experiment.status))
      runner.run(experiment as StartedExperiment, decision.effects);

    if (decision.finalizer === 'add') {
      failpoint('before-finalizer');
      experiments.upsert(await writes.addFinalizer(experiment));
      failpoint('after-finalizer');
      return 'again';
    }
    const before = experiment.status ?? {};
    if (!isDeepStrictEqual(decision.status, before)) {
      const dueAt = this.#dueAt(experiment, decision, now);
      if (dueAt <= now) {
        await this.#write(experiment, before, decision);
        return 'again';
      }
      return { kind: 'after', ms: Math.min(dueAt, decision.wakeAt ?? dueAt) - now };
    }
    if (decision.finalizer === 'remove') {
      experiments.upsert(await writes.removeFinalizer(experiment));
      failpoint('after-finalizer-removal');
      return { kind: 'done' };
    }
    if (decision.wakeAt === undefined) return { kind: 'done' };
    return { kind: 'after', ms: Math.max(0, decision.wakeAt - now) };
  }

  #observe(experiment: ChaosExperiment): Observed {
    const { experiments, activities, settings } = this.#options;
    const { uid } = experiment.metadata;
    const { pods, wroteAhead } = activities.of(uid, experiment.status?.attempt ?? 0);
    return {
      experiment,
      pods: this.#readPods(),
      others: experiments.list().filter((other) => other.metadata.uid !== uid),
      activities: pods,
      wroteAhead,
      settings,
    };
  }

  #readPods(): PodReading {
    const { pods, podsUnreadable } = this.#options;
    const message = podsUnreadable();
    if (message !== undefined) return { kind: 'unreadable', message };
    return {
      kind: 'read',
      all: pods.list(),
      get: (namespace, name) => pods.get(`${namespace}/${name}`),
    };
  }

  /** When the status may be written: at once where it says something new, else after the interval of mere progress. */
  #dueAt({ metadata, status }: ChaosExperiment, decision: Decision, now: number): number {
    const pods = decision.status.pods ?? [];
    const news =
      decision.writeAhead === true ||
      status?.phase !== decision.status.phase ||
      pods.some((pod) => pod.state === 'Leaked' || pod.state === 'Abandoned');
    if (news) return now;
    return (this.#wroteAt.get(metadata.uid) ?? 0) + progressIntervalMs(pods.length);
  }

  async #write(
    experiment: ChaosExperiment,
    before: ChaosExperimentStatus,
    { status, writeAhead }: Decision,
  ): Promise<void> {
    const { writes, experiments, activities, announcer, clock } = this.#options;
    const { uid } = experiment.metadata;
    if (isFinal(status.phase)) failpoint('before-final-status');
    const written = await writes.writeStatus(experiment, status);
    if (writeAhead) {
      failpoint('after-write-ahead');
      activities.recordWriteAhead(uid, status.attempt ?? 0);
    }
    if (isFinal(status.phase)) failpoint('after-final-status');
    this.#wroteAt.set(uid, clock.now());
    experiments.upsert(written);
    announcer.announce(experiment, before, status);
  }
}

/** The key by which the queue knows an experiment. */
export const experimentKey = (experiment: Pick<ChaosExperiment, 'metadata'>) => keyOf(experiment);
