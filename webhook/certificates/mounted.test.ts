import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { soon } from '../../src/kube/test-soon.ts';
import { VirtualClock } from '../../src/kube/virtual-clock.ts';
import { MountedCertificate } from './mounted.ts';
import type { KeyPair } from './source.ts';
import { pairAt, t0 } from './test-pairs.ts';

const A = await pairAt(t0);
const B = await pairAt(t0);

let directory: string;
let clock: VirtualClock;
let served: string[];
let errors: string[];
let mounted: MountedCertificate;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'certificate-'));
  clock = new VirtualClock(t0);
  served = [];
  errors = [];
  mounted = new MountedCertificate({
    directory,
    clock,
    onServe: ({ cert }) => served.push(cert),
    onError: ({ message }) => errors.push(message),
  });
});

afterEach(async () => {
  await mounted.stop();
  await rm(directory, { recursive: true });
});

/** As the kubelet does it: the files are links through ..data, which is replaced in one step. */
async function mount(name: string, { cert, key }: KeyPair): Promise<void> {
  await mkdir(join(directory, name));
  await writeFile(join(directory, name, 'tls.crt'), cert);
  await writeFile(join(directory, name, 'tls.key'), key);
  await symlink(name, join(directory, '..new'));
  await rename(join(directory, '..new'), join(directory, '..data'));
  for (const file of ['tls.crt', 'tls.key']) {
    await symlink(join('..data', file), join(directory, file)).catch(() => {});
  }
}

/** The timer of the next look is set when the look before is over. */
const looked = () => soon(() => expect(clock.nextInMs).toBe(10_000));

async function look(): Promise<void> {
  await looked();
  await clock.advance(10_000);
  await looked();
}

it('serves what is mounted, once, and what is mounted later', async () => {
  await mount('..1', A);
  mounted.start();
  await look();
  expect(served).toEqual([A.cert]);
  expect(mounted.ready).toBe(true);
  await mount('..2', B);
  await look();
  expect(served).toEqual([A.cert, B.cert]);
  expect(errors).toEqual([]);
});

it('waits for files that are not there yet, and says so', async () => {
  mounted.start();
  await looked();
  expect(mounted.ready).toBe(false);
  expect(errors).toEqual([expect.stringContaining('ENOENT')]);
  await mount('..1', A);
  await look();
  expect(served).toEqual([A.cert]);
});

it('stays with what it has while the files do not belong together', async () => {
  await mount('..1', A);
  mounted.start();
  await looked();
  await mount('..2', { cert: B.cert, key: A.key });
  await look();
  expect(served).toEqual([A.cert]);
  expect(mounted.ready).toBe(true);
  expect(errors).toEqual([
    `${directory}: tls.crt and tls.key must be a certificate and its private key, in PEM`,
  ]);
});

it('stops at once', async () => {
  mounted.start();
  await looked();
  await mounted.stop();
  expect(clock.nextInMs).toBeUndefined();
});
