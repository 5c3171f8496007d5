import { isDeepStrictEqual } from 'node:util';
import type {
  ChaosExperiment,
  ChaosExperimentStatus,
} from '../api/v1alpha1/chaos-experiment.generated.ts';
import { isFinal } from '../api/v1alpha1/phases.ts';
import type { ClusterView } from '../cluster/view.ts';
import { decide, mayPlan } from '../domain/lifecycle/decide.ts';
import type { Decision } from '../domain/lifecycle/effects.ts';
import type { Observed, Settings } from '../domain/lifecycle/observed.ts';
import { attemptRound, roundOf } from '../domain/lifecycle/run.ts';
import { type LabelSelector, matchesSelector } from '../domain/targets/selector.ts';
import type { Clock } from '../kube/clock.ts';
import { KubeError } from '../kube/errors.ts';
import type { Outcome } from '../kube/work-queue.ts';
import type { Activities } from './activities.ts';
import type { Announcer } from './announce.ts';
import type { Experiments } from './experiments.ts';
import { failpoint } from './failpoint.ts';
import { isNews } from './news.ts';
import type { Runner } from './runner.ts';

export interface ReconcilerOptions {
  readonly view: ClusterView;
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

/** How soon to come again when another plan is being made: it is one write. */
const PLAN_AGAIN_MS = 50;

/** Least time between two writes of mere progress: 1 s, and 2 ms a pod, so that a run of 5,000 pods writes once in 10 s. */
const progressIntervalMs = (pods: number) => Math.max(1_000, 2 * pods);

/**
 * Brings one experiment to where it should be: gather, decide, carry out, write, and again until nothing is left to
 * do. Level-based: it depends on what is there, never on which event woke it.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  /** Plans are made one at a time, so that two experiments never choose the same pod from the same sight. */
  #planning = false;
  /** A plan of which it is not known whether it was written: no other is made before that is known. */
  #unsure: ChaosExperiment | undefined;
  readonly #wroteAt = new Map<string, number>();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(key: string): Promise<Outcome> {
    try {
      for (let step = 0; step < MAX_STEPS; step += 1) {
        const experiment = this.#options.view.experiments.get(key);
        if (experiment === undefined || !this.#isMine(experiment)) return { kind: 'done' };
        const outcome = mayPlan(experiment)
          ? await this.#plan(experiment)
          : await this.#step(experiment);
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
    this.#options.runner.forget(experiment.metadata.uid);
    this.#wroteAt.delete(experiment.metadata.uid);
  }

  #isMine({ metadata }: ChaosExperiment): boolean {
    const { selector } = this.#options;
    return selector === undefined || matchesSelector(selector, metadata.labels ?? {});
  }

  /** Whoever finds the place taken comes again, so that no worker that could stop or reap waits for a plan. */
  async #plan(experiment: ChaosExperiment): Promise<Outcome | 'again'> {
    if (this.#planning) return { kind: 'after', ms: PLAN_AGAIN_MS };
    this.#planning = true;
    try {
      await this.#makeSure();
      return await this.#step(experiment);
    } finally {
      this.#planning = false;
    }
  }

  async #makeSure(): Promise<void> {
    if (this.#unsure === undefined) return;
    const { writes, view } = this.#options;
    const found = await writes.find(this.#unsure);
    if (found !== undefined) view.experiments.upsert(found);
    this.#unsure = undefined;
  }

  async #step(experiment: ChaosExperiment): Promise<Outcome | 'again'> {
    const { clock, runner, view, writes } = this.#options;
    const now = clock.now();
    const decision = decide(this.#observe(experiment), now);
    runner.run(experiment, decision.effects);

    if (decision.finalizer === 'add') {
      failpoint('before-finalizer');
      view.experiments.upsert(await writes.addFinalizer(experiment));
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
      view.experiments.upsert(await writes.removeFinalizer(experiment));
      failpoint('after-finalizer-removal');
      return { kind: 'done' };
    }
    if (decision.expired) {
      await writes.remove(experiment);
      return { kind: 'done' };
    }
    if (decision.wakeAt === undefined) return { kind: 'done' };
    return { kind: 'after', ms: Math.max(0, decision.wakeAt - now) };
  }

  #observe(experiment: ChaosExperiment): Observed {
    const { view, activities, settings } = this.#options;
    const { uid } = experiment.metadata;
    const { pods, wroteAhead } = activities.of(uid, roundOf(experiment));
    return {
      experiment,
      pods: view.readPods(),
      namespaces: view.readNamespaces(),
      peers: view.readPeers(),
      limits: view.readLimits(),
      ended: (of) => view.ended.has(of),
      others: view.experiments.list().filter((other) => other.metadata.uid !== uid),
      activities: pods,
      wroteAhead,
      settings,
    };
  }

  /** When the status may be written: at once where it says something new, else after the interval of mere progress. */
  #dueAt({ metadata, status }: ChaosExperiment, decision: Decision, now: number): number {
    if (isNews(status, decision)) return now;
    const interval = progressIntervalMs(decision.status.pods?.length ?? 0);
    return (this.#wroteAt.get(metadata.uid) ?? 0) + interval;
  }

  async #write(
    experiment: ChaosExperiment,
    before: ChaosExperimentStatus,
    { status, writeAhead }: Decision,
  ): Promise<void> {
    const { writes, view, activities, announcer, clock } = this.#options;
    const { uid } = experiment.metadata;
    if (isFinal(status.phase)) failpoint('before-final-status');
    const written = await writes.writeStatus(experiment, status).catch((error: unknown) => {
      const uncertain = error instanceof KubeError && error.uncertain;
      if (writeAhead && uncertain && mayPlan(experiment)) this.#unsure = experiment;
      throw error;
    });
    if (writeAhead) failpoint('after-write-ahead');
    // Pods that get their turn later belong to a run that another process may have begun.
    if (writeAhead && status.startTime !== before.startTime) {
      activities.recordWriteAhead(uid, attemptRound(status.attempt ?? 0));
    }
    if (isFinal(status.phase)) failpoint('after-final-status');
    this.#wroteAt.set(uid, clock.now());
    view.experiments.upsert(written);
    announcer.announce(experiment, before, status);
  }
}
