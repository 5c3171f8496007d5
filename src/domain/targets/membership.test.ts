import { describe, expect, it } from 'vitest';
import type { TargetWorkload } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { aPeerWorld, aService, aSlice } from '../peers/world.builder.ts';
import { behindService, controls } from './membership.ts';
import { aPod } from './pod.builder.ts';

const bare = (namespace = 'shop') => {
  const { selector: _, ...service } = aService({ namespace });
  return service;
};
const db0 = { addresses: ['10.0.0.7'], ready: false, pod: 'db-0' };

describe('behindService', () => {
  const labels = { app: 'db', tier: 'data' };
  it.each<
    [string, Parameters<typeof aPeerWorld>[0], Parameters<typeof aPod>[0], boolean | undefined]
  >([
    ['all labels of its selector', { services: [aService()] }, { labels }, true],
    [
      'one of them missing',
      { services: [aService({ selector: { app: 'db', tier: 'web' } })] },
      { labels },
      false,
    ],
    ['the same labels elsewhere', { services: [aService()] }, { namespace: 'mill', labels }, false],
    ['no such Service', { services: [aService({ name: 'web' })] }, { labels }, undefined],
    [
      'the Service in a namespace that is none of the targets',
      { services: [aService({ namespace: 'far' })] },
      { namespace: 'far', labels },
      undefined,
    ],
    [
      'named by a slice of one without selector',
      { services: [bare()], slices: [aSlice({ endpoints: [db0] })] },
      { name: 'db-0' },
      true,
    ],
    [
      'not named by its slices',
      { services: [bare()], slices: [aSlice({ endpoints: [db0] })] },
      { name: 'db-1' },
      false,
    ],
    [
      'named by a slice of another namespace',
      { services: [bare(), bare('bank')], slices: [aSlice({ endpoints: [db0] })] },
      { name: 'db-0', namespace: 'bank' },
      false,
    ],
    [
      'another name for somebody else, which has no pods',
      { services: [{ ...bare(), externalName: 'db.example.com' }] },
      { labels },
      false,
    ],
  ])('%s', (_name, world, pod, expected) => {
    const namespaces = ['shop', 'bank', 'mill'];
    expect(behindService('db', namespaces, aPeerWorld(world))?.(aPod(pod))).toBe(expected);
  });
});

describe('controls', () => {
  const hashed = { labels: { app: 'web', 'pod-template-hash': '5d8f' } };
  const owner = (kind: string, name: string) => ({ owner: { kind, name, uid: 'o-1' } });
  it.each<[string, TargetWorkload, Parameters<typeof aPod>[0], boolean]>([
    [
      'a Deployment the pods of its ReplicaSets',
      { kind: 'Deployment', name: 'web' },
      { ...hashed, ...owner('ReplicaSet', 'web-5d8f') },
      true,
    ],
    [
      'no Deployment the pods of one whose name begins with its own',
      { kind: 'Deployment', name: 'web' },
      { ...hashed, ...owner('ReplicaSet', 'web-api-5d8f') },
      false,
    ],
    [
      'no Deployment the pods of a ReplicaSet of its own',
      { kind: 'Deployment', name: 'web' },
      owner('ReplicaSet', 'web-5d8f'),
      false,
    ],
    [
      'no Deployment pods of another kind',
      { kind: 'Deployment', name: 'web' },
      { ...hashed, ...owner('StatefulSet', 'web-5d8f') },
      false,
    ],
    [
      'a StatefulSet its pods',
      { kind: 'StatefulSet', name: 'db' },
      owner('StatefulSet', 'db'),
      true,
    ],
    ['a DaemonSet its pods', { kind: 'DaemonSet', name: 'cni' }, owner('DaemonSet', 'cni'), true],
    ['a Job its pods', { kind: 'Job', name: 'mill' }, owner('Job', 'mill'), true],
    [
      'a ReplicaSet its pods',
      { kind: 'ReplicaSet', name: 'web-5d8f' },
      { ...hashed, ...owner('ReplicaSet', 'web-5d8f') },
      true,
    ],
    ['nobody those of another name', { kind: 'Job', name: 'mill' }, owner('Job', 'mill-2'), false],
    [
      'nobody those of another kind',
      { kind: 'Job', name: 'mill' },
      owner('DaemonSet', 'mill'),
      false,
    ],
    ['nobody a pod of its own', { kind: 'Job', name: 'web' }, {}, false],
  ])('%s', (_name, workload, pod, expected) => {
    expect(controls(workload, aPod(pod))).toBe(expected);
  });
});
