import { expect, it } from 'vitest';
import { ownerShares } from './owner.ts';
import { aPod } from './pod.builder.ts';

const owner = { kind: 'ReplicaSet', name: 'web-5d', uid: 'rs' };
const [a, b, c] = [
  aPod({ name: 'a', owner }),
  aPod({ name: 'b', owner, labels: { app: 'other' } }),
  aPod({ name: 'c', owner }),
];
const pending = aPod({ name: 'd', owner, phase: 'Pending' });
const alone = aPod({ name: 'alone' });

it('counts all running pods of an owner, whether they match or not', () => {
  expect(ownerShares([a], [a, b, c, pending, alone], () => undefined)).toEqual([
    { name: 'ReplicaSet shop/web-5d', selected: 1, faulted: 0, running: 3 },
  ]);
});

it('counts those under another fault', () => {
  expect(ownerShares([a], [a, b, c], (pod) => (pod === b ? 'shop/other' : undefined))).toEqual([
    { name: 'ReplicaSet shop/web-5d', selected: 1, faulted: 1, running: 3 },
  ]);
});

it('has nothing to say of pods without an owner', () => {
  expect(ownerShares([alone], [alone], () => undefined)).toEqual([]);
});
