import { parseArgs } from 'node:util';
import { parseDuration } from '../src/domain/duration.ts';
import { MAX_PORT, wholeNumber } from '../src/program/whole-number.ts';

/** What the webhook was told at its start. */
export interface Flags {
  readonly kubeconfig: string | undefined;
  readonly port: number;
  readonly metricsPort: number;
  readonly healthPort: number;
  /** Where somebody else keeps tls.crt and tls.key; undefined when the webhook makes its own. */
  readonly certificateDirectory: string | undefined;
  /** Of a certificate that the webhook makes, in milliseconds. */
  readonly certificateLifetimeMs: number;
}

export const USAGE = `usage: webhook [flags]
  --port N                      HTTPS, default 9443
  --metrics-port N              default 8080; 0 takes any free port
  --health-port N               default 8081
  --certificate-directory PATH  tls.crt and tls.key of somebody else, such as cert-manager; default: made and rotated here
  --certificate-lifetime TIME   of a certificate made here, 10m to 8760h, default 2160h (90 days)
  --kubeconfig PATH             default: the service account of the pod, else $KUBECONFIG or ~/.kube/config
`;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Throws a TypeError that says what is wrong with the arguments and what they take. */
export function parseFlags(args: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '9443' },
      'metrics-port': { type: 'string', default: '8080' },
      'health-port': { type: 'string', default: '8081' },
      'certificate-directory': { type: 'string' },
      'certificate-lifetime': { type: 'string', default: '2160h' },
      kubeconfig: { type: 'string' },
    },
  });
  const lifetime = values['certificate-lifetime'];
  const lifetimeMs = parseDuration(lifetime) ?? 0;
  if (lifetimeMs < 10 * MINUTE_MS || lifetimeMs > 8_760 * HOUR_MS) {
    throw new TypeError(`--certificate-lifetime ${lifetime}: takes a time from 10m to 8760h`);
  }
  return {
    kubeconfig: values.kubeconfig,
    port: wholeNumber('--port', values.port, 0, MAX_PORT),
    metricsPort: wholeNumber('--metrics-port', values['metrics-port'], 0, MAX_PORT),
    healthPort: wholeNumber('--health-port', values['health-port'], 0, MAX_PORT),
    certificateDirectory: values['certificate-directory'],
    certificateLifetimeMs: lifetimeMs,
  };
}
