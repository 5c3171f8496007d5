import { ClusterView } from '../src/cluster/view.ts';
import { KubeClient } from '../src/kube/client.ts';
import { systemClock } from '../src/kube/clock.ts';
import { serveTelemetry } from '../src/telemetry/http.ts';
import { runProgram } from '../src/program/run.ts';
import type { Logger } from '../src/telemetry/log.ts';
import { subjectAccess } from './admission/access.ts';
import { createJudge } from './admission/judge.ts';
import { CertificateKeeper } from './certificates/keeper.ts';
import { MountedCertificate } from './certificates/mounted.ts';
import { KubeCertificateObjects } from './certificates/objects.ts';
import type { CertificateSource, KeyPair } from './certificates/source.ts';
import { type Flags, parseFlags, USAGE } from './flags.ts';
import { createWebhookMetrics } from './metrics.ts';
import { createWebhookServer, type WebhookServer } from './server.ts';

const NAMESPACE = 'squall-system';
const SERVICE = 'squall-webhook';
const NAMES = [`${SERVICE}.${NAMESPACE}.svc`, `${SERVICE}.${NAMESPACE}`];
/**
 * A Service goes on sending for a moment after it has been told that a pod is not ready any more: so long the server
 * still takes new connections.
 */
const LEAVE_MS = 5_000;

/** Wires the webhook and runs it until `stopping` is aborted. The only place where its parts meet. */
async function run(flags: Flags, log: Logger, stopping: AbortSignal): Promise<void> {
  const clock = systemClock;
  const metrics = createWebhookMetrics();
  const client = await KubeClient.connect({
    kubeconfig: flags.kubeconfig,
    onRequest: metrics.onRequest,
  });
  const view = new ClusterView({
    client,
    onError: (what, err) => log.warn({ what, err }, 'reading the cluster failed'),
  });
  view.policies.subscribe(() => metrics.policies(view.policies.list()));
  const judge = createJudge({ view, lacking: subjectAccess(client), clock, log });

  let server: WebhookServer | undefined;
  let failed: (error: unknown) => void = () => {};
  const onServe = (pair: KeyPair) => {
    if (server !== undefined) {
      server.setPair(pair);
      log.info('certificate replaced');
      return;
    }
    server = createWebhookServer({ judge, pair, log, onAnswered: metrics.onAnswered });
    server.listen(flags.port, '::').then(
      (port) => log.info({ port }, 'webhook listening'),
      (error: unknown) => failed(error),
    );
  };
  const certificate = certificateSource(flags, client, log, onServe);
  const telemetry = await serveTelemetry({
    registry: metrics.registry,
    metricsPort: flags.metricsPort,
    healthPort: flags.healthPort,
    notReady: () => {
      if (stopping.aborted) return 'stopping';
      if (!certificate.ready) return 'the certificate is not there, or not trusted, yet';
      return view.notReady();
    },
  });
  view.start();
  certificate.start();
  log.info('webhook started');

  await new Promise<void>((resolve, reject) => {
    failed = reject;
    if (stopping.aborted) resolve();
    stopping.addEventListener('abort', () => resolve(), { once: true });
  });
  log.info('webhook stopping');
  server?.leave();
  await new Promise<void>((resolve) => clock.setTimer(LEAVE_MS, resolve));
  await server?.close();
  await Promise.all([certificate.stop(), view.stop()]);
  await telemetry.close();
  await client.close();
}

function certificateSource(
  flags: Flags,
  client: KubeClient,
  log: Logger,
  onServe: (pair: KeyPair) => void,
): CertificateSource {
  const onError = (err: Error) => log.warn({ err }, 'certificate not in order');
  if (flags.certificateDirectory !== undefined) {
    const directory = flags.certificateDirectory;
    return new MountedCertificate({ directory, clock: systemClock, onServe, onError });
  }
  return new CertificateKeeper({
    objects: new KubeCertificateObjects(client, {
      namespace: NAMESPACE,
      secret: 'squall-webhook-certificate',
      configuration: 'squall',
    }),
    clock: systemClock,
    names: NAMES,
    lifetimeMs: flags.certificateLifetimeMs,
    onServe,
    onError,
  });
}

process.exitCode = await runProgram({ name: 'webhook', usage: USAGE, parseFlags, run });
