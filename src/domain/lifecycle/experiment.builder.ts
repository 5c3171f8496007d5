import type {
  ChaosExperiment,
  ChaosExperimentSpec,
  ChaosExperimentStatus,
  ObjectMeta,
  PodStatusEntry,
  Run,
} from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { aPod } from '../targets/pod.builder.ts';
import { CONTAINER, identity } from './agent.builder.ts';
import { shortUid } from './observed.ts';

/** When every experiment of the builders was created, and its run committed to. */
export const T0 = Date.parse('2026-03-01T12:00:00.000Z');

export const at = (ms: number) => new Date(T0 + ms).toISOString();

type Parts = Partial<ObjectMeta> & {
  readonly spec?: Partial<ChaosExperimentSpec>;
  readonly status?: ChaosExperimentStatus;
};

/** `shop/loss`: 20 % loss for 10 s in one pod with the label app=web, created at T0; tests say only what differs. */
export function anExperiment({ spec, status, ...metadata }: Parts = {}): ChaosExperiment {
  return {
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'ChaosExperiment',
    metadata: {
      name: 'loss',
      namespace: 'shop',
      uid: identity.uid,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: at(0),
      ...metadata,
    },
    spec: {
      action: 'pod-network-loss',
      targets: { selector: { matchLabels: { app: 'web' } }, count: 1 },
      duration: '10s',
      direction: 'both',
      lossPercentage: 20,
      correlation: 0,
      dryRun: false,
      injectionTimeout: '60s',
      startingDeadline: '10m',
      ...spec,
    },
    ...(status && { status }),
  };
}

/** Committed to at T0: agents may start until T0 + 60 s, and no fault lives beyond T0 + 70 s. */
export function aRun(parts: Partial<Run> = {}): Run {
  return {
    container: CONTAINER,
    image: 'squall.local/injector:dev',
    handle: identity.handle,
    startBefore: at(60_000),
    deadline: at(70_000),
    durationMs: 10_000,
    netem: ['limit 100000 loss random 20%'],
    direction: 'both',
    ...parts,
  };
}

/** The entry of pod `shop/web`, planned. */
export function anEntry(parts: Partial<PodStatusEntry> = {}): PodStatusEntry {
  const pod = aPod(parts.name === undefined ? {} : { name: parts.name });
  return {
    namespace: pod.metadata.namespace,
    name: pod.metadata.name,
    uid: shortUid(pod),
    state: 'Planned',
    ...parts,
  };
}

/** An experiment whose run was committed to at T0, with these pods. */
export function aStartedExperiment(
  pods: readonly PodStatusEntry[] = [anEntry()],
  { status, ...parts }: Parts = {},
): ChaosExperiment {
  return anExperiment({
    finalizers: ['squall.dev/recover'],
    ...parts,
    status: {
      observedGeneration: 1,
      phase: 'Injecting',
      attempt: 1,
      startTime: at(0),
      run: aRun(),
      pods: [...pods],
      ...status,
    },
  });
}
