import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { certificateOf, certificatesIn, expiryOf, isFor, issuerOf, replaceAt } from './inspect.ts';
import { issueCertificate } from './issue.ts';
import { day, names, pairAt, t0 } from './test-pairs.ts';

const [name = ''] = names;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

it('makes a serving certificate for the names and the lifetime, valid from 5 minutes before', async () => {
  const made = await pairAt(t0);
  const certificate = new X509Certificate(made.cert);
  expect(certificate.subjectAltName).toBe(names.map((one) => `DNS:${one}`).join(', '));
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(certificate.ca).toBe(false);
  expect(certificate.validFromDate.getTime()).toBe(t0 - 5 * 60_000);
  expect(expiryOf(certificate)).toBe(t0 + 90 * day);
  expect(replaceAt(certificate)).toBe(t0 + 60 * day);
  expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
});

it('makes a CA of its own each time, as long-lived as the certificate', async () => {
  const [one, other] = await Promise.all([pairAt(t0), pairAt(t0)]);
  const ca = new X509Certificate(one.ca);
  expect(ca.ca).toBe(true);
  expect(ca.checkIssued(ca)).toBe(true);
  expect(ca.verify(ca.publicKey)).toBe(true);
  expect(expiryOf(ca)).toBe(t0 + 90 * day);
  expect(new X509Certificate(other.ca).subject).not.toBe(ca.subject);
  expect(one.key).not.toContain(other.key);
});

it.each([
  [{ names: [], now: t0, lifetimeMs: day }, 'a certificate needs at least one DNS name'],
  [{ names, now: t0, lifetimeMs: 599_999 }, 'lifetime of 599999 ms: must be at least 600000 ms'],
  [{ names, now: t0, lifetimeMs: Number.NaN }, 'lifetime of NaN ms: must be at least 600000 ms'],
])('refuses %j', async (options, message) => {
  await expect(issueCertificate(options)).rejects.toThrow(new RangeError(message));
});

it('finds the issuer among CAs, and the pair that belongs together', async () => {
  const [one, other] = await Promise.all([pairAt(t0), pairAt(t0)]);
  const certificate = certificateOf(one);
  if (!certificate) throw new Error('the pair does not match');
  const cas = certificatesIn(`nonsense\n${other.ca}${one.ca}${one.ca}`);
  expect(cas).toHaveLength(2);
  expect(issuerOf(certificate, cas)?.fingerprint256).toBe(cas[1]?.fingerprint256);
  expect(issuerOf(certificate, certificatesIn(other.ca))).toBeUndefined();
  expect(certificateOf({ cert: one.cert, key: other.key })).toBeUndefined();
  expect(certificateOf({ cert: one.cert, key: 'nonsense' })).toBeUndefined();
  expect(certificateOf({ cert: 'nonsense', key: one.key })).toBeUndefined();
  const broken = one.cert.replace(/\n.{10}/, '\nAAAAAAAAAA');
  expect(certificateOf({ cert: broken, key: one.key })).toBeUndefined();
});

it('tells for which names a certificate is', async () => {
  const certificate = new X509Certificate((await pairAt(t0)).cert);
  expect(isFor(certificate, names)).toBe(true);
  expect(isFor(certificate, [...names, 'squall-webhook'])).toBe(false);
});

async function handshake(port: number, ca: string): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, ca, servername: name, minVersion: 'TLSv1.3' });
  closing.push(() => socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

async function echo(socket: TLSSocket, text: string): Promise<string> {
  socket.write(text);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

it('serves TLS; open connections live through a rotation, new ones get the new certificate', async () => {
  const now = Date.now();
  const [old, fresh] = await Promise.all([pairAt(now), pairAt(now)]);
  const server = createServer({ cert: old.cert, key: old.key }, (socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.on('tlsClientError', () => {});
  closing.push(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const before = await handshake(port, fresh.ca + old.ca);
  expect(await echo(before, 'one')).toBe('one');
  server.setSecureContext({ cert: fresh.cert, key: fresh.key });
  expect(await echo(before, 'two')).toBe('two');
  const after = await handshake(port, fresh.ca + old.ca);
  expect(await echo(after, 'three')).toBe('three');
  expect(before.getPeerX509Certificate()?.toString()).toBe(old.cert);
  expect(after.getPeerX509Certificate()?.toString()).toBe(fresh.cert);
  await expect(handshake(port, old.ca)).rejects.toMatchObject({
    code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  });
});
