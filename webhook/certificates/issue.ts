import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { backdatedMs, certificatesIn, pemOf } from './inspect.ts';
import type { TrustedPair } from './source.ts';

export interface IssueOptions {
  /** DNS names, at least one. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch; the certificate is valid from 5 minutes before. */
  readonly now: number;
  /** Milliseconds from `now` to its end. Below 10 minutes there is no time for a rotation. */
  readonly lifetimeMs: number;
}

const minLifetimeMs = 10 * 60_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * Makes a CA and one serving certificate (ECDSA P-256). The CA's private key cannot be exported and is gone when this
 * returns: nobody can ever sign another certificate that callers would trust. Rejects with a RangeError when the
 * options are out of range.
 */
export async function issueCertificate(options: IssueOptions): Promise<TrustedPair> {
  const { names, now, lifetimeMs } = options;
  checkIssuance(options);
  // Loaded when one is made, once in 60 days: it costs 20 MB of resident memory. It needs Reflect's metadata first.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const { subtle } = webcrypto;
  const validity = { notBefore: new Date(now - backdatedMs), notAfter: new Date(now + lifetimeMs) };
  const caKeys = await subtle.generateKey(algorithm, false, ['sign', 'verify']);
  const caName = `CN=squall-webhook-ca-${randomBytes(6).toString('hex')}`;
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: serial(),
    name: caName,
    keys: caKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey, false),
    ],
  });
  const keys = await subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity,
    serialNumber: serial(),
    subject: 'CN=squall-webhook',
    issuer: caName,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: 'dns' as const, value })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey, false),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false),
    ],
  });
  return {
    cert: pemOf(certificatesIn(certificate.toString('pem'))),
    key: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
    ca: pemOf(certificatesIn(ca.toString('pem'))),
  };
}

/** Throws a RangeError for options with which no certificate is made. */
export function checkIssuance({ names, lifetimeMs }: Omit<IssueOptions, 'now'>): void {
  if (names.length === 0) throw new RangeError('a certificate needs at least one DNS name');
  if (!(lifetimeMs >= minLifetimeMs)) {
    throw new RangeError(`lifetime of ${lifetimeMs} ms: must be at least ${minLifetimeMs} ms`);
  }
}

/** Positive and of 16 bytes, as RFC 5280 has it. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
