import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyPair } from './source.ts';

/** How far notBefore lies before the moment of issuance: clocks differ. */
export const backdatedMs = 5 * 60_000;
/** The part of its lifetime after which a certificate is replaced. */
const replacedAfter = 2 / 3;

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The certificates in a PEM text in their order, each once; what cannot be read is left out. */
export function certificatesIn(pem: string): X509Certificate[] {
  const found = new Map<string, X509Certificate>();
  for (const [block] of pem.matchAll(certificateBlock)) {
    const certificate = parse(block);
    if (certificate) found.set(certificate.fingerprint256, certificate);
  }
  return [...found.values()];
}

/** The PEM text of certificates, in the one form in which all texts are compared. */
export function pemOf(certificates: readonly X509Certificate[]): string {
  return certificates.map((one) => one.toString()).join('');
}

/** The certificate of a pair; undefined when it or the key cannot be read, or the two do not belong together. */
export function certificateOf(pair: KeyPair): X509Certificate | undefined {
  const [certificate] = certificatesIn(pair.cert);
  if (!certificate) return undefined;
  try {
    return certificate.checkPrivateKey(createPrivateKey(pair.key)) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** The CA among `candidates` that signed the certificate. */
export function issuerOf(
  certificate: X509Certificate,
  candidates: readonly X509Certificate[],
): X509Certificate | undefined {
  return candidates.find(
    (ca) => ca.ca && certificate.checkIssued(ca) && certificate.verify(ca.publicKey),
  );
}

/** Every one of the DNS names is among the certificate's. */
export function isFor(certificate: X509Certificate, names: readonly string[]): boolean {
  return names.every((name) => certificate.checkHost(name, { subject: 'never' }) !== undefined);
}

/** Milliseconds since the epoch. */
export function expiryOf(certificate: X509Certificate): number {
  return certificate.validToDate.getTime();
}

/** Milliseconds since the epoch; of a certificate that was issued here. */
export function issuedAt(certificate: X509Certificate): number {
  return certificate.validFromDate.getTime() + backdatedMs;
}

/** When it is to be replaced, in milliseconds since the epoch: after 2/3 of the time from its issuance to its end. */
export function replaceAt(certificate: X509Certificate): number {
  const issued = issuedAt(certificate);
  return issued + (expiryOf(certificate) - issued) * replacedAfter;
}

function parse(block: string): X509Certificate | undefined {
  try {
    return new X509Certificate(block);
  } catch {
    return undefined;
  }
}
