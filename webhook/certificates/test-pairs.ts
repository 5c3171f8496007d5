import { issueCertificate } from './issue.ts';
import { certificatesIn, issuerOf } from './inspect.ts';
import type { TrustedPair } from './source.ts';

export const names = ['squall-webhook.squall-system.svc', 'squall-webhook.squall-system'];
export const day = 24 * 60 * 60_000;
/** When the pairs of the tests begin, in milliseconds since the epoch. */
export const t0 = Date.parse('2026-01-01T00:00:00Z');

/** For 90 days from `now`. */
export function pairAt(now: number, forNames = names): Promise<TrustedPair> {
  return issueCertificate({ names: forNames, now, lifetimeMs: 90 * day });
}

/** What an API server would say of a webhook that serves the pair: every entry's CAs verify it. */
export function isTrustedBy(
  pair: Pick<TrustedPair, 'cert'>,
  caBundles: readonly string[],
): boolean {
  const [certificate] = certificatesIn(pair.cert);
  return (
    certificate !== undefined &&
    caBundles.every((one) => issuerOf(certificate, certificatesIn(one)) !== undefined)
  );
}
