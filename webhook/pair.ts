import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { KeyPair } from './certificates/source.ts';

/** The pair cannot be served; `cause` is what OpenSSL says of it. */
export class PairError extends Error {
  override readonly name = 'PairError';
}

/** What a TLS server needs to serve the pair, with TLS 1.2 at least. Throws a PairError. */
export function secureOptions({ cert, key }: KeyPair): SecureContextOptions {
  const options: SecureContextOptions = { cert, key, minVersion: 'TLSv1.2' };
  let matches: boolean;
  try {
    matches = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
    createSecureContext(options);
  } catch (cause) {
    throw new PairError('certificate and key must be PEM and belong together', { cause });
  }
  // OpenSSL itself takes a certificate and a key of different algorithms, and then fails each handshake.
  if (!matches) throw new PairError('the key is not the one that the certificate was made for');
  return options;
}
