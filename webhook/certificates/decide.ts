import type { X509Certificate } from 'node:crypto';
import { isFor, pemOf, replaceAt } from './inspect.ts';
import {
  type Issuance,
  NEXT_TRUSTED_SINCE_ANNOTATION,
  PROMOTED_AT_ANNOTATION,
  ROTATE_ANNOTATION,
  ROTATED_ANNOTATION,
  type SecretChange,
} from './secret.ts';
import type { TrustedPair } from './source.ts';
import {
  allTrust,
  choose,
  isTrusted,
  type Observed,
  timeOf,
  trustMs,
  type Usable,
  type View,
  viewOf,
} from './view.ts';

/**
 * How long after a promotion the next issuance, which takes the CA of the one before out of the caBundle, may come: by
 * then every replica has long taken the promoted pair.
 */
const settleMs = 60_000;
/** CAs of others that stay trusted behind the current pair's own. */
const maxFormer = 2;

export type CertificateEffect =
  | { readonly kind: 'issue'; readonly issuance: Issuance }
  | { readonly kind: 'write'; readonly change: SecretChange }
  | {
      /** Every entry gets this caBundle. */
      readonly kind: 'trust';
      readonly resourceVersion: string;
      readonly caBundle: string;
      readonly entries: number;
    };

export interface CertificateDecision {
  /** In their order; after the first that fails, all is to be observed anew. */
  readonly effects: readonly CertificateEffect[];
  /** The pair to serve now; undefined: there is none yet. */
  readonly serve: TrustedPair | undefined;
  /** Every webhook entry trusts it; undefined when that could not be read. */
  readonly trusted: boolean | undefined;
  /** When something is due by time alone, in milliseconds since the epoch. */
  readonly wakeAt: number | undefined;
}

/**
 * What is to be done for the certificate. A successor is served only when the webhook configuration has trusted its CA
 * for 30 s, and a CA leaves the configuration only when its certificate has long been replaced, so that at each moment
 * all replicas serve what is trusted. Every effect carries the resourceVersion that it was decided on: of replicas that
 * decide at the same time one succeeds, and the others observe anew.
 */
export function decideCertificates(observed: Observed, now: number): CertificateDecision {
  const { secret, serving, webhookConfiguration: configuration } = observed;
  const view = viewOf(observed, now);
  const serve = choose(view) ?? serving;
  const trusted = configuration === 'absent' ? false : serve && isTrusted(serve, view);
  if (secret === 'unreadable') return { effects: [], serve, trusted, wakeAt: undefined };
  const first = secretEffect(view);
  const effects = [...(first ? [first] : []), ...trustEffects(observed, view, first)];
  return { effects, serve, trusted, wakeAt: effects.length > 0 ? undefined : dueAt(view) };
}

/** The one thing that is to be done to the Secret next. */
function secretEffect(view: View): CertificateEffect | undefined {
  const { held, next, annotations } = view;
  if (!held) return repair(view);
  if (!next && isDue(held, view) && view.now >= settledAt(view)) return issueNext(held, view);
  const bundle = pemOf(bundleOf(held, view.bundle, view));
  if (bundle !== view.data['ca.crt']) return write(view, { 'ca.crt': bundle }, {});
  if (!next || !view.inForce) return undefined;
  if (!allTrust(next, view)) {
    if (annotations[NEXT_TRUSTED_SINCE_ANNOTATION] === undefined) return undefined;
    return write(view, {}, { [NEXT_TRUSTED_SINCE_ANNOTATION]: null });
  }
  const since = timeOf(NEXT_TRUSTED_SINCE_ANNOTATION, trustMs, view);
  if (since === undefined) {
    return write(view, {}, { [NEXT_TRUSTED_SINCE_ANNOTATION]: iso(view.now) });
  }
  return view.now < since + trustMs ? undefined : promote(next, [held.ca], view);
}

/** What is to be trusted: next and current; without a successor the current one and those that came before. */
function bundleOf(
  current: Usable,
  cas: readonly X509Certificate[],
  { next }: View,
): X509Certificate[] {
  return next ? [next.ca, current.ca] : [current.ca, ...formerOf(cas, current)];
}

function formerOf(cas: readonly X509Certificate[], own: Usable | undefined): X509Certificate[] {
  const distinct = new Map(cas.map((ca) => [ca.fingerprint256, ca]));
  if (own) distinct.delete(own.ca.fingerprint256);
  return [...distinct.values()].slice(0, maxFormer);
}

/** A successor is wanted, or the one that there was is damaged. */
function isDue({ certificate }: Usable, view: View): boolean {
  const { annotations, data } = view;
  const asked = annotations[ROTATE_ANNOTATION];
  return (
    view.now >= replaceAt(certificate) ||
    !isFor(certificate, view.names) ||
    (asked !== undefined && asked !== annotations[ROTATED_ANNOTATION]) ||
    Boolean(data['next.crt'] || data['next.key'])
  );
}

function issueCurrent(former: readonly X509Certificate[], view: View): CertificateEffect {
  const data = { 'next.crt': null, 'next.key': null };
  const annotations = { ...answered(view), [PROMOTED_AT_ANNOTATION]: iso(view.now) };
  const change = changeOf(view, data, annotations);
  return { kind: 'issue', issuance: { slot: 'tls', alsoTrusted: pemOf(former), change } };
}

function issueNext(current: Usable, view: View): CertificateEffect {
  const alsoTrusted = pemOf([current.ca]);
  const change = changeOf(view, {}, answered(view));
  return { kind: 'issue', issuance: { slot: 'next', alsoTrusted, change } };
}

/**
 * A Secret without a usable pair gets back what this replica serves; else the successor takes its place at once, or a
 * fresh one. Others may still serve what is trusted now: it stays so, and while it is unknown nothing is done.
 */
function repair(view: View): CertificateEffect | undefined {
  const { inForce, remembered, next } = view;
  if (!inForce) return undefined;
  if (remembered) return restore(remembered, [...view.bundle, ...inForce.flat()], view);
  const former = formerOf(inForce.flat(), next);
  return next ? promote(next, former, view) : issueCurrent(former, view);
}

/** A rotation is asked for besides: a loss may have been a disclosure. */
function restore(current: Usable, cas: readonly X509Certificate[], view: View): CertificateEffect {
  const data = {
    'tls.crt': current.pair.cert,
    'tls.key': current.pair.key,
    'ca.crt': pemOf(bundleOf(current, cas, view)),
  };
  const annotations = {
    [ROTATE_ANNOTATION]: `restored at ${iso(view.now)}`,
    [PROMOTED_AT_ANNOTATION]: iso(view.now),
  };
  return write(view, data, annotations);
}

function promote(next: Usable, former: readonly X509Certificate[], view: View): CertificateEffect {
  const data = {
    'tls.crt': next.pair.cert,
    'tls.key': next.pair.key,
    'next.crt': null,
    'next.key': null,
    'ca.crt': pemOf([next.ca, ...former]),
  };
  const annotations = {
    [NEXT_TRUSTED_SINCE_ANNOTATION]: null,
    [PROMOTED_AT_ANNOTATION]: iso(view.now),
  };
  return write(view, data, annotations);
}

function answered({ annotations }: View): SecretChange['annotations'] {
  return {
    [NEXT_TRUSTED_SINCE_ANNOTATION]: null,
    [ROTATED_ANNOTATION]: annotations[ROTATE_ANNOTATION] ?? null,
  };
}

function write(
  view: View,
  data: SecretChange['data'],
  annotations: SecretChange['annotations'],
): CertificateEffect {
  return { kind: 'write', change: changeOf(view, data, annotations) };
}

function changeOf(
  { resourceVersion }: View,
  data: SecretChange['data'],
  annotations: SecretChange['annotations'],
): SecretChange {
  return { resourceVersion, data, annotations };
}

/** The configuration follows what the Secret has, never what is only about to be written there. */
function trustEffects(
  { webhookConfiguration: configuration }: Observed,
  { data, held }: View,
  first: CertificateEffect | undefined,
): CertificateEffect[] {
  const caBundle = data['ca.crt'];
  if (typeof configuration !== 'object' || !held || caBundle === undefined) return [];
  if (first && (first.kind !== 'write' || first.change.data['ca.crt'] !== undefined)) return [];
  const { resourceVersion, caBundles } = configuration;
  if (caBundles.every((one) => one === caBundle)) return [];
  return [{ kind: 'trust', resourceVersion, caBundle, entries: caBundles.length }];
}

function dueAt(view: View): number | undefined {
  const { held, next } = view;
  if (!held) return undefined;
  if (!next) return Math.max(isDue(held, view) ? 0 : replaceAt(held.certificate), settledAt(view));
  const since = timeOf(NEXT_TRUSTED_SINCE_ANNOTATION, trustMs, view);
  return since === undefined ? undefined : since + trustMs;
}

function settledAt(view: View): number {
  return (timeOf(PROMOTED_AT_ANNOTATION, settleMs, view) ?? Number.NEGATIVE_INFINITY) + settleMs;
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
