import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SafetyPolicy } from '../api/v1alpha1/safety-policy.generated.ts';
import { Store } from '../kube/store.ts';
import { soon } from '../kube/test-soon.ts';
import { VirtualClock } from '../kube/virtual-clock.ts';
import type { Poll } from './poll.ts';
import { followPolicyFile } from './policy-file.ts';

let directory: string;
let path: string;
let clock: VirtualClock;
let store: Store<SafetyPolicy>;
let errors: string[];
let file: Poll;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'policy-'));
  path = join(directory, 'policy.yaml');
  clock = new VirtualClock(Date.parse('2026-03-01T12:00:00Z'));
  store = new Store();
  errors = [];
  file = followPolicyFile({ path, store, clock, onError: ({ message }) => errors.push(message) });
});

afterEach(async () => {
  await file.stop();
  await rm(directory, { recursive: true });
});

const write = (...policies: readonly (readonly [string, object])[]) =>
  writeFile(
    path,
    JSON.stringify(
      policies.map(([name, spec]) => ({
        apiVersion: 'squall.dev/v1alpha1',
        kind: 'SafetyPolicy',
        metadata: { name, labels: { a: 'b' } },
        spec,
      })),
    ),
  );

/** A look is over when the timer of the next one is set; one that failed is repeated sooner. */
async function look(): Promise<void> {
  await clock.advance(10_000);
  await soon(() => expect(clock.nextInMs).toBeGreaterThan(0));
}

const begin = async () => {
  file.start();
  await soon(() => expect(clock.nextInMs).toBeGreaterThan(0));
};

const known = () =>
  Object.fromEntries(store.list().map(({ metadata, spec }) => [metadata.name, spec]));

it('has the policies of the file, as an API server would serve them', async () => {
  await write(['strict', { maxPods: 1 }]);
  await begin();
  expect(store.list()).toEqual([
    {
      apiVersion: 'squall.dev/v1alpha1',
      kind: 'SafetyPolicy',
      metadata: {
        name: 'strict',
        uid: '',
        resourceVersion: '1',
        generation: 1,
        creationTimestamp: '2026-03-01T12:00:00.000Z',
      },
      spec: { maxPods: 1 },
    },
  ]);
  expect(file.health).toMatchObject({ synced: true, fresh: true });
});

it('follows what is changed in it, and tells nobody when nothing is', async () => {
  await write(['strict', { maxPods: 1 }], ['other', {}]);
  await begin();
  const told: string[] = [];
  store.subscribe(({ key }) => told.push(key));
  await look();
  expect(told).toEqual([]);
  await write(['strict', { maxPods: 2 }], ['third', { halt: true }]);
  await look();
  expect(told.sort()).toEqual(['other', 'strict', 'third']);
  expect(known()).toEqual({ strict: { maxPods: 2 }, third: { halt: true } });
  expect(errors).toEqual([]);
});

it('is not fresh while the file is wrong, and says why', async () => {
  await write(['strict', { maxPods: 1 }]);
  await begin();
  await write(['strict', { maxPods: 0 }]);
  await look();
  expect(file.health).toMatchObject({ synced: true, fresh: false });
  expect(file.health.lastError?.message).toContain(`${path}: policy strict: spec.maxPods: takes`);
  expect(known()).toEqual({ strict: { maxPods: 1 } });
  await write(['strict', { maxPods: 1 }]);
  await look();
  expect(file.health).toMatchObject({ fresh: true });
});

it('is not fresh while there is no file', async () => {
  await begin();
  expect(file.health).toMatchObject({ synced: false, fresh: false });
  expect(file.health.lastError?.message).toContain('ENOENT');
  expect(errors).not.toEqual([]);
});

it('does not read what is no file, or too large for one that is mounted', async () => {
  await writeFile(path, ' '.repeat((1 << 20) + 1));
  await begin();
  expect(file.health.lastError?.message).toBe(`${path}: takes a file of at most 1048576 bytes`);
});
