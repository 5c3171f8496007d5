import type { Logger } from 'pino';
import type {
  ChaosExperiment,
  ChaosExperimentStatus,
} from '../api/v1alpha1/chaos-experiment.generated.ts';
import { API_VERSION, KIND } from '../api/v1alpha1/resource.ts';
import { notices } from '../domain/lifecycle/notices.ts';
import { shortUid } from '../domain/lifecycle/observed.ts';
import type { Pod } from '../domain/targets/pod.ts';
import type { EventRecorder } from '../kube/events.ts';
import type { Store } from '../kube/store.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface AnnounceOptions {
  readonly recorder: EventRecorder;
  readonly metrics: Metrics;
  readonly pods: Store<Pod>;
  readonly log: Logger;
}

/** Tells people and metrics what a written status has brought: Events, counters, and one log line per run at its end. */
export class Announcer {
  readonly #options: AnnounceOptions;

  constructor(options: AnnounceOptions) {
    this.#options = options;
  }

  announce(
    experiment: ChaosExperiment,
    before: ChaosExperimentStatus,
    after: ChaosExperimentStatus,
  ): void {
    const { recorder, metrics, pods } = this.#options;
    const { namespace, name, uid } = experiment.metadata;
    for (const notice of notices(before, after)) {
      switch (notice.kind) {
        case 'event': {
          const { type, reason, action, note } = notice;
          const regarding = { apiVersion: API_VERSION, kind: KIND, namespace, name, uid };
          recorder.record({ regarding, type, reason, action, note });
          const pod = notice.pod && pods.get(`${notice.pod.namespace}/${notice.pod.name}`);
          if (pod !== undefined && shortUid(pod) === notice.pod?.uid) {
            const { metadata } = pod;
            const target = {
              namespace: metadata.namespace,
              name: metadata.name,
              uid: metadata.uid,
            };
            recorder.record({
              regarding: { apiVersion: 'v1', kind: 'Pod', ...target },
              type,
              reason,
              action,
              note,
            });
          }
          break;
        }
        case 'cleanup':
          metrics.cleanups.inc({ outcome: notice.outcome });
          break;
        case 'ended':
          metrics.runs.inc({ outcome: notice.phase });
          this.#logRun(experiment, after);
          break;
      }
    }
  }

  #logRun({ metadata, spec }: ChaosExperiment, status: ChaosExperimentStatus): void {
    const { phase, message, attempt, startTime, endTime, plan, run, summary } = status;
    this.#options.log.info(
      {
        experiment: `${metadata.namespace}/${metadata.name}`,
        uid: metadata.uid,
        phase,
        message,
        attempt,
        ...spec,
        netem: run?.netem,
        startTime,
        endTime,
        handle: run?.handle,
        plan,
        summary,
      },
      'run ended',
    );
  }
}
