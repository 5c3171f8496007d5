import { hostname } from 'node:os';
import type { ChaosExperiment } from '../api/v1alpha1/chaos-experiment.generated.ts';
import { FINAL_PHASES } from '../api/v1alpha1/phases.ts';
import { cleanupOutcomes } from '../domain/lifecycle/notices.ts';
import type { Pod } from '../domain/targets/pod.ts';
import { KubeClient } from '../kube/client.ts';
import { systemClock } from '../kube/clock.ts';
import { EventRecorder } from '../kube/events.ts';
import { Reflector } from '../kube/reflector.ts';
import { Store } from '../kube/store.ts';
import { WorkQueue } from '../kube/work-queue.ts';
import { serveTelemetry } from '../telemetry/http.ts';
import { createLogger, type Logger } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { Activities } from './activities.ts';
import { Announcer } from './announce.ts';
import { Experiments, EXPERIMENTS_PATH } from './experiments.ts';
import { type Flags, parseFlags, USAGE } from './flags.ts';
import { Interest } from './interest.ts';
import { projectPod } from './project-pod.ts';
import { Reconciler } from './reconciler.ts';
import { Runner } from './runner.ts';

/** How long the first look at the cluster may take before work begins without the pods. */
const SYNC_TIMEOUT_MS = 10_000;
/** A kubelet gives 30 s from TERM to KILL. */
const DRAIN_TIMEOUT_MS = 10_000;

/** Wires the controller and runs it until `stopping` is aborted. The only place where its parts meet. */
async function run(flags: Flags, log: Logger, stopping: AbortSignal): Promise<void> {
  const clock = systemClock;
  const metrics = createMetrics({
    cleanupOutcomes,
    runOutcomes: FINAL_PHASES,
  });
  const client = await KubeClient.connect({
    kubeconfig: flags.kubeconfig,
    onRequest: metrics.onRequest,
  });
  const experiments = new Store<ChaosExperiment>();
  const pods = new Store<Pod>();
  const experimentReflector = new Reflector({
    client,
    path: EXPERIMENTS_PATH,
    store: experiments,
    project: (raw) => raw as ChaosExperiment,
    onError: (err) => log.warn({ err }, 'reading experiments failed'),
  });
  const podReflector = new Reflector({
    client,
    path: '/api/v1/pods',
    store: pods,
    project: projectPod,
    onError: (err) => log.warn({ err }, 'reading pods failed'),
  });
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
    onOutcome: ({ metadata }) => queue.add(`${metadata.namespace}/${metadata.name}`),
  });
  const reconciler = new Reconciler({
    experiments,
    pods,
    podsUnreadable: () =>
      podReflector.health.synced
        ? undefined
        : `the pods cannot be read: ${podReflector.health.lastError?.message ?? 'not listed yet'}`,
    writes: new Experiments(client),
    runner,
    activities,
    announcer: new Announcer({ recorder, metrics, pods, log }),
    clock,
    settings: { injectorImage: flags.injectorImage, crossNamespace: flags.crossNamespace },
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

  const interest = new Interest();
  experiments.subscribe((change) => {
    interest.follow(change);
    if (change.now === undefined && change.old !== undefined) reconciler.forget(change.old);
    else queue.add(change.key);
    metrics.injectedPods.set(injectedPods(experiments.list()));
  });
  pods.subscribe(({ key }) => {
    for (const experiment of interest.inPod(key)) queue.add(experiment);
  });

  const telemetry = await serveTelemetry({
    registry: metrics.registry,
    metricsPort: flags.metricsPort,
    healthPort: flags.healthPort,
    notReady: () => {
      if (!experiments.synced) return 'the experiments have not been listed yet';
      return pods.synced ? undefined : 'the pods have not been listed yet';
    },
  });
  podReflector.start();
  experimentReflector.start();
  await podReflector.waitSynced(SYNC_TIMEOUT_MS, stopping).catch((err: unknown) => {
    log.warn({ err }, 'going on without the pods: runs wait until they can be read');
  });
  queue.start();
  log.info(
    { injectorImage: flags.injectorImage, ...telemetryPorts(telemetry) },
    'controller started',
  );

  await new Promise<void>((resolve) => {
    if (stopping.aborted) resolve();
    stopping.addEventListener('abort', () => resolve(), { once: true });
  });
  log.info('controller stopping');
  await queue.stop(DRAIN_TIMEOUT_MS);
  runner.stop();
  await Promise.all([podReflector.stop(), experimentReflector.stop(), recorder.flush(2_000)]);
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

/** Exit codes: 0 stopped as told, 1 could not start or go on, 2 unusable arguments. */
async function main(): Promise<number> {
  let flags: Flags;
  try {
    flags = parseFlags(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  const log = createLogger();
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopping.abort());
  try {
    await run(flags, log, stopping.signal);
    return 0;
  } catch (err) {
    log.fatal({ err }, 'controller failed');
    return 1;
  }
}

process.exitCode = await main();
