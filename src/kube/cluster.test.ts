import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCluster } from './cluster.ts';
import { makeTestCertificate } from './test-certificate.ts';
import { VirtualClock } from './virtual-clock.ts';

let folder: string;
let clock: VirtualClock;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'squall-cluster-'));
  clock = new VirtualClock(1);
});

afterEach(() => rm(folder, { recursive: true }));

const file = (name: string, text: string) => writeFile(join(folder, name), text);
const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };

describe('in a pod', () => {
  const find = () => findCluster({ clock, env, serviceAccount: folder });

  beforeEach(async () => {
    await file('token', 'one\n');
    await file('ca.crt', 'CA');
  });

  it('takes address, certificate authority and token of the service account', async () => {
    const cluster = await find();
    expect(cluster.server).toBe('https://[fd00::1]:443');
    expect(String(cluster.tls.ca)).toBe('CA');
    expect(await cluster.headers()).toEqual({ authorization: 'Bearer one' });
  });

  it('reads the token again after 60 s, and at once when told to', async () => {
    const { headers } = await find();
    await file('token', 'two');
    await clock.advance(59_999);
    expect(await headers()).toEqual({ authorization: 'Bearer one' });
    await clock.advance(1);
    expect(await headers()).toEqual({ authorization: 'Bearer two' });
    await file('token', 'three');
    expect(await headers(true)).toEqual({ authorization: 'Bearer three' });
  });

  it('keeps the token that it has when it cannot be read again', async () => {
    const { headers } = await find();
    await rm(join(folder, 'token'));
    expect(await headers(true)).toEqual({ authorization: 'Bearer one' });
  });

  it('takes a kubeconfig nevertheless when one is given', async () => {
    await file('config', kubeconfig({ token: 'abc' }));
    const cluster = await findCluster({
      clock,
      env,
      serviceAccount: folder,
      kubeconfig: join(folder, 'config'),
    });
    expect(cluster.server).toBe('https://10.0.0.1:6443/path');
  });
});

function kubeconfig(user: object, cluster: object = {}): string {
  return JSON.stringify({
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443/path/', ...cluster } }],
    users: [{ name: 'u', user }],
  });
}

describe('a kubeconfig', () => {
  const find = async (text: string) => {
    await file('config', text);
    return findCluster({ clock, env: {}, kubeconfig: join(folder, 'config') });
  };

  it('with a client certificate', async () => {
    const { cert, key } = makeTestCertificate('user');
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const cluster = await find(
      kubeconfig(
        { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) },
        { 'certificate-authority-data': base64(cert), 'tls-server-name': 'kubernetes' },
      ),
    );
    expect(Object.keys(cluster.tls).sort()).toEqual(['ca', 'cert', 'key', 'servername']);
    expect(String(cluster.tls.cert)).toBe(cert);
    expect(cluster.tls.servername).toBe('kubernetes');
    expect(await cluster.headers()).toEqual({});
  });

  it('with a token, and with a certificate that is not to be verified', async () => {
    const cluster = await find(kubeconfig({ token: 'abc' }, { 'insecure-skip-tls-verify': true }));
    expect(await cluster.headers()).toEqual({ authorization: 'Bearer abc' });
    expect(cluster.tls).toEqual({ rejectUnauthorized: false });
  });

  it('with name and password', async () => {
    const { headers } = await find(kubeconfig({ username: 'me', password: 'pw' }));
    expect(await headers()).toEqual({ authorization: 'Basic bWU6cHc=' });
  });

  const unusable: [string, string][] = [
    ['is not YAML', '{'],
    ['has no current context', JSON.stringify({ contexts: [], clusters: [], users: [] })],
    ['goes through a proxy', kubeconfig({ token: 'abc' }, { 'proxy-url': 'http://proxy:3128' })],
  ];
  it.each(unusable)('that %s is Unreachable', async (_, text) => {
    await expect(find(text)).rejects.toMatchObject({ name: 'KubeError', code: 'Unreachable' });
  });

  it('that does not exist is Unreachable and named', async () => {
    await expect(
      findCluster({ clock, env: {}, kubeconfig: '/nowhere/config' }),
    ).rejects.toMatchObject({
      code: 'Unreachable',
      message: expect.stringContaining('/nowhere/config'),
    });
  });
});
