import { hostname } from 'node:os';
import type { ChaosExperiment } from '../api/v1alpha1/chaos-experiment.generated.ts';
import { FINAL_PHASES, isFinal } from '../api/v1alpha1/phases.ts';
import { ClusterView } from '../cluster/view.ts';
import { cleanupOutcomes } from '../domain/lifecycle/notices.ts';
import { KubeClient } from '../kube/client.ts';
import { systemClock } from '../kube/clock.ts';
import { EventRecorder } from '../kube/events.ts';
import { keyOf } from '../kube/store.ts';
import { WorkQueue } from '../kube/work-queue.ts';
import { runProgram } from '../program/run.ts';
import { serveTelemetry } from '../telemetry/http.ts';
import type { Logger } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { Activities } from './activities.ts';
import { Announcer } from './announce.ts';
import { Experiments } from './experiments.ts';
import { type Flags, parseFlags, USAGE } from './flags.ts';
import { Following, isAlike } from './following.ts';
import { Interest } from './interest.ts';
import { PolicyReconciler } from './policies.ts';
import { Reconciler } from './reconciler.ts';
import { Runner } from './runner.ts';
import { Waiting } from './waiting.ts';

/** How long the first look at the cluster may take before work begins without the pods. */
const SYNC_TIMEOUT_MS = 10_000;
/** What changes around a run within this time, it follows at once. */
const FOLLOW_AFTER_MS = 200;
/** A kubelet gives 30 s from TERM to KILL. */
const DRAIN_TIMEOUT_MS = 10_000;

/** Wires the controller and runs it until `stopping` is aborted. The only place where its parts meet. */
async function run(flags: Flags, log: Logger, stopping: AbortSignal): Promise<void> {
  const clock = systemClock;
  const metrics = createMetrics({
    injectedPods: () => injectedPods(view.experiments.list()),
    cleanupOutcomes,
    runOutcomes: FINAL_PHASES,
  });
  const client = await KubeClient.connect({
    kubeconfig: flags.kubeconfig,
    onRequest: metrics.onRequest,
  });
  const view = new ClusterView({
    client,
    scope: flags.scope,
    onError: (what, err) => log.warn({ what, err }, 'reading the cluster failed'),
  });
  const { experiments, pods, policies, services, endpointSlices } = view;
  const recorder = new EventRecorder({
    client,
    instance: hostname(),
    onDropped: (event, err) => log.warn({ event, err }, 'event dropped'),
  });
  const activities = new Activities();
  const runner = new Runner({
    client,
    clock,
    pods,
    activities,
    log,
    onOutcome: (experiment) => queue.add(keyOf(experiment)),
  });
  const reconciler = new Reconciler({
    view,
    writes: new Experiments(client),
    runner,
    activities,
    announcer: new Announcer({ recorder, metrics, pods, log }),
    clock,
    settings: { injectorImage: flags.injectorImage },
    selector: flags.selector,
  });
  const queue = new WorkQueue({
    workers: flags.workers,
    reconcile: (key) => reconciler.reconcile(key),
    metrics: metrics.queue('chaosexperiment'),
    onOutcome: (key, outcome) => {
      if (outcome.kind === 'retry')
        log.warn({ experiment: key, err: outcome.error }, 'reconcile failed');
    },
  });

  const policyReconciler = new PolicyReconciler(client, view);
  const policyQueue = new WorkQueue({
    workers: 1,
    reconcile: (key) => policyReconciler.reconcile(key),
    metrics: metrics.queue('safetypolicy'),
    onOutcome: (key, outcome) => {
      if (outcome.kind === 'retry') log.warn({ policy: key, err: outcome.error }, 'policy failed');
    },
  });

  /** A file has no status. */
  const tellPolicies = () => {
    if (flags.scope !== undefined) return;
    for (const policy of policies.list()) policyQueue.add(keyOf(policy));
  };

  const interest = new Interest();
  const waiting = new Waiting();
  const following = new Following();
  experiments.subscribe((change) => {
    interest.follow(change);
    waiting.follow(change);
    following.follow(change);
    if (change.now === undefined && change.old !== undefined) reconciler.forget(change.old);
    else queue.add(change.key);
    if (change.now === undefined || isFinal(change.now.status?.phase)) {
      for (const key of waiting.keys()) queue.add(key);
    }
    tellPolicies();
  });
  policies.subscribe(({ old, now }) => {
    tellPolicies();
    // A status of our own writing changes nothing that is in force.
    const { uid, generation } = now?.metadata ?? {};
    if (uid === old?.metadata.uid && generation === old?.metadata.generation) return;
    metrics.policies(policies.list());
    for (const experiment of experiments.list()) {
      if (!isFinal(experiment.status?.phase)) queue.add(keyOf(experiment));
    }
  });
  const tellFollowing = () => {
    for (const experiment of following.keys()) queue.addAfter(experiment, FOLLOW_AFTER_MS);
  };
  pods.subscribe(({ key, old, now }) => {
    for (const experiment of interest.inPod(key)) queue.add(experiment);
    if (!isAlike(old, now)) tellFollowing();
  });
  services.subscribe(tellFollowing);
  endpointSlices.subscribe(tellFollowing);

  const telemetry = await serveTelemetry({
    registry: metrics.registry,
    metricsPort: flags.metricsPort,
    healthPort: flags.healthPort,
    notReady: () => view.notReady(),
  });
  view.start();
  await view.waitSynced(SYNC_TIMEOUT_MS, stopping).catch((err: unknown) => {
    log.warn({ err }, `going on without all of the cluster (${view.notReady()}): runs wait`);
  });
  queue.start();
  policyQueue.start();
  log.info(
    { injectorImage: flags.injectorImage, ...flags.scope, ...telemetryPorts(telemetry) },
    'controller started',
  );

  await new Promise<void>((resolve) => {
    if (stopping.aborted) resolve();
    stopping.addEventListener('abort', () => resolve(), { once: true });
  });
  log.info('controller stopping');
  await Promise.all([queue.stop(DRAIN_TIMEOUT_MS), policyQueue.stop(DRAIN_TIMEOUT_MS)]);
  runner.stop();
  await Promise.all([view.stop(), recorder.flush(2_000)]);
  await telemetry.close();
  await client.close();
}

const injectedPods = (experiments: readonly ChaosExperiment[]) =>
  experiments
    .flatMap(({ status }) => (status?.startTime === undefined ? [] : (status.pods ?? [])))
    .filter(({ state }) => state === 'Injected').length;

const telemetryPorts = ({
  metricsPort,
  healthPort,
}: {
  metricsPort: number;
  healthPort: number;
}) => ({
  metricsPort,
  healthPort,
});

process.exitCode = await runProgram({ name: 'controller', usage: USAGE, parseFlags, run });
