import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeTestCertificate } from '../src/kube/test-certificate.ts';
import { PairError, secureOptions } from './pair.ts';

const { cert, key } = makeTestCertificate('webhook');
const other = makeTestCertificate('other');
const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

describe('secureOptions', () => {
  it('gives a pair that belongs together, for TLS 1.2 and later', () => {
    expect(secureOptions({ cert, key })).toEqual({ cert, key, minVersion: 'TLSv1.2' });
  });

  it.each([
    ['the key of another certificate', { cert, key: other.key }],
    ['a key of another algorithm', { cert, key: rsaKey }],
    ['an empty certificate', { cert: '', key }],
    ['an empty key', { cert, key: '' }],
    ['a file cut off', { cert: cert.slice(0, 200), key }],
    ['a broken certificate after the first', { cert: `${cert}${other.cert.slice(0, 200)}`, key }],
    ['both the wrong way round', { cert: key, key: cert }],
  ])('refuses %s', (_, pair) => {
    expect(() => secureOptions(pair)).toThrow(PairError);
  });
});
