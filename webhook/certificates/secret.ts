import type { TrustedPair } from './source.ts';

/**
 * What the Secret holds, as PEM texts: the pair that is served, its pending successor, and the CAs that are to be
 * trusted, of the successor first.
 */
export type SecretKey = 'tls.crt' | 'tls.key' | 'next.crt' | 'next.key' | 'ca.crt';

/** Annotation on the Secret, for people: a new value asks for a rotation now. */
export const ROTATE_ANNOTATION = 'squall.dev/rotate';
/** Annotation on the Secret: the value of the former that the last issuance answered. */
export const ROTATED_ANNOTATION = 'squall.dev/rotated';
/** Annotation on the Secret, RFC 3339: since when the CA of the successor is in every caBundle. */
export const NEXT_TRUSTED_SINCE_ANNOTATION = 'squall.dev/next-trusted-since';
/** Annotation on the Secret, RFC 3339: when the pair that is served was put there. */
export const PROMOTED_AT_ANNOTATION = 'squall.dev/promoted-at';

export interface CertificateSecret {
  readonly resourceVersion: string;
  /** PEM texts; any text where somebody else wrote. */
  readonly data: Readonly<Partial<Record<SecretKey, string>>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What becomes different; null removes a key, keys that are not named stay. */
export interface SecretChange {
  /** Of the Secret that the change was decided on; undefined creates it, and is refused when it is there. */
  readonly resourceVersion: string | undefined;
  readonly data: Readonly<Partial<Record<SecretKey, string | null>>>;
  readonly annotations: Readonly<Record<string, string | null>>;
}

/** A change for which a certificate has yet to be made. */
export interface Issuance {
  /** Where the new pair goes. */
  readonly slot: 'tls' | 'next';
  /** CAs that stay trusted behind the new one, as PEM text. */
  readonly alsoTrusted: string;
  readonly change: SecretChange;
}

/** The change of an issuance with what was made for it. */
export function issued({ slot, alsoTrusted, change }: Issuance, made: TrustedPair): SecretChange {
  return {
    ...change,
    data: {
      ...change.data,
      [`${slot}.crt`]: made.cert,
      [`${slot}.key`]: made.key,
      'ca.crt': made.ca + alsoTrusted,
    },
  };
}
