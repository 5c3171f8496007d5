import type { X509Certificate } from 'node:crypto';
import { certificateOf, certificatesIn, expiryOf, issuedAt, issuerOf, pemOf } from './inspect.ts';
import type { CertificateSecret } from './secret.ts';
import type { KeyPair, TrustedPair } from './source.ts';

/** How long a CA is in every caBundle before its certificate is served: API servers see it by watches. */
export const trustMs = 30_000;

export interface ObservedConfiguration {
  readonly resourceVersion: string;
  /** Of each webhook entry in its order, as PEM text; empty where there is none. */
  readonly caBundles: readonly string[];
}

export interface Observed {
  readonly secret: CertificateSecret | 'absent' | 'unreadable';
  /** Read before the Secret. */
  readonly webhookConfiguration: ObservedConfiguration | 'absent' | 'unreadable';
  /** What this replica serves; undefined until it has served anything. */
  readonly serving: TrustedPair | undefined;
  /** The DNS names that the certificate must have. */
  readonly names: readonly string[];
}

/** A pair that can be served: readable, matching, unexpired, and its CA is known. */
export interface Usable {
  readonly pair: KeyPair;
  readonly certificate: X509Certificate;
  readonly ca: X509Certificate;
}

export interface View {
  readonly now: number;
  readonly names: readonly string[];
  readonly resourceVersion: string | undefined;
  readonly data: CertificateSecret['data'];
  readonly annotations: CertificateSecret['annotations'];
  readonly bundle: readonly X509Certificate[];
  /** CAs of each webhook entry; none when there is no configuration; undefined when it could not be read. */
  readonly inForce: readonly (readonly X509Certificate[])[] | undefined;
  /** In the Secret. */
  readonly held: Usable | undefined;
  /** In memory. */
  readonly remembered: Usable | undefined;
  readonly next: Usable | undefined;
}

export function viewOf(observed: Observed, now: number): View {
  const { secret, serving, names, webhookConfiguration: configuration } = observed;
  const found = typeof secret === 'object' ? secret : undefined;
  const data = found?.data ?? {};
  const bundle = certificatesIn(data['ca.crt'] ?? '');
  const caBundles = typeof configuration === 'object' ? configuration.caBundles : [];
  const inForce = caBundles.map(certificatesIn);
  const known = [...bundle, ...inForce.flat(), ...certificatesIn(serving?.ca ?? '')];
  const slot = (cert = '', key = '') => usable({ cert, key }, known, now);
  return {
    now,
    names,
    resourceVersion: found?.resourceVersion,
    data,
    annotations: found?.annotations ?? {},
    bundle,
    inForce: configuration === 'unreadable' ? undefined : inForce,
    held: slot(data['tls.crt'], data['tls.key']),
    remembered: serving && usable(serving, known, now),
    next: slot(data['next.crt'], data['next.key']),
  };
}

function usable(
  { cert, key }: KeyPair,
  known: readonly X509Certificate[],
  now: number,
): Usable | undefined {
  const certificate = certificateOf({ cert, key });
  if (!certificate || expiryOf(certificate) <= now) return undefined;
  const ca = issuerOf(certificate, known);
  return ca && { pair: { cert, key }, certificate, ca };
}

/**
 * The Secret's pair. Yet what is served stays until that one is known to be trusted, and was not made so lately (in the
 * place of one that was lost) that some API server need not know its CA; unless what is served is itself not trusted.
 */
export function choose(view: View): TrustedPair | undefined {
  const { held, remembered, inForce, now } = view;
  const ripe = held && allTrust(held, view) && now >= issuedAt(held.certificate) + trustMs;
  const kept = !ripe && remembered && (!inForce || allTrust(remembered, view));
  const chosen = kept ? remembered : (held ?? remembered);
  return chosen && { ...chosen.pair, ca: pemOf([chosen.ca]) };
}

export function allTrust({ certificate }: Usable, { inForce }: View): boolean {
  return inForce?.every((cas) => issuerOf(certificate, cas)) ?? false;
}

export function isTrusted(pair: TrustedPair, { inForce }: View): boolean | undefined {
  const [certificate] = certificatesIn(pair.cert);
  if (!inForce || !certificate) return undefined;
  return inForce.length > 0 && inForce.every((cas) => issuerOf(certificate, cas));
}

/** The time in an annotation; one that is no time, or further ahead than what it begins lasts, counts as none. */
export function timeOf(annotation: string, lastsMs: number, view: View): number | undefined {
  const time = Date.parse(view.annotations[annotation] ?? '');
  return time <= view.now + lastsMs ? time : undefined;
}
