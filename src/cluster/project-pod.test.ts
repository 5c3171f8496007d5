import { describe, expect, it } from 'vitest';
import { projectPod } from './project-pod.ts';

const raw = (parts: { metadata?: object; spec?: object; status?: object } = {}) => ({
  metadata: { namespace: 'shop', name: 'web', uid: 'u-1', resourceVersion: '7', ...parts.metadata },
  spec: { ...parts.spec },
  status: { phase: 'Running', ...parts.status },
});

describe('projectPod', () => {
  it('keeps the identity, the labels and the phase', () => {
    expect(projectPod(raw({ metadata: { labels: { app: 'web' } } }))).toEqual({
      metadata: {
        namespace: 'shop',
        name: 'web',
        uid: 'u-1',
        resourceVersion: '7',
        labels: { app: 'web' },
      },
      phase: 'Running',
      terminating: false,
      hostNetwork: false,
      ips: [],
      hostIps: [],
      mirror: false,
      windows: false,
      excluded: false,
      ephemeralContainers: [],
    });
  });

  it.each<[string, Parameters<typeof raw>[0], object]>([
    [
      'a deleted pod',
      { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } },
      { terminating: true },
    ],
    ["a pod on the node's network", { spec: { hostNetwork: true } }, { hostNetwork: true }],
    [
      'a mirror pod by its annotation',
      { metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } },
      { mirror: true },
    ],
    [
      'a mirror pod by its owner',
      { metadata: { ownerReferences: [{ kind: 'Node' }] } },
      { mirror: true },
    ],
    ['a Windows pod by its os', { spec: { os: { name: 'windows' } } }, { windows: true }],
    [
      'a Windows pod by its node selector',
      { spec: { nodeSelector: { 'kubernetes.io/os': 'windows' } } },
      { windows: true },
    ],
    [
      'an exclusion by label',
      { metadata: { labels: { 'squall.dev/exclude': 'true' } } },
      { excluded: true },
    ],
    [
      'an exclusion by annotation',
      { metadata: { annotations: { 'squall.dev/exclude': 'true' } } },
      { excluded: true },
    ],
    [
      'an exclusion that says false',
      { metadata: { labels: { 'squall.dev/exclude': 'false' } } },
      { excluded: false },
    ],
    [
      'addresses of both families',
      {
        status: {
          podIP: '10.0.0.7',
          podIPs: [{ ip: '10.0.0.7' }, { ip: 'fd00::7' }],
          hostIP: '10.0.2.15',
          hostIPs: [{ ip: '10.0.2.15' }, { ip: 'fd00::2' }],
        },
      },
      { ips: ['10.0.0.7', 'fd00::7'], hostIps: ['10.0.2.15', 'fd00::2'] },
    ],
    [
      'one address where there is no list',
      { status: { podIP: '10.0.0.7', hostIP: '10.0.2.15', hostIPs: [] } },
      { ips: ['10.0.0.7'], hostIps: ['10.0.2.15'] },
    ],
    ['a pod of which nothing is reported', { status: { phase: undefined } }, { phase: 'Pending' }],
  ])('sees %s', (_name, parts, seen) => {
    expect(projectPod(raw(parts))).toMatchObject(seen);
  });

  it.each<[string, object | undefined, object]>([
    ['nothing reported', undefined, { kind: 'unreported' }],
    [
      'waiting',
      { waiting: { reason: 'ErrImagePull', message: 'no such image' } },
      { kind: 'waiting', reason: 'ErrImagePull', message: 'no such image' },
    ],
    [
      'waiting without a reason',
      { waiting: {} },
      { kind: 'waiting', reason: 'Waiting', message: '' },
    ],
    ['running', { running: { startedAt: 't' } }, { kind: 'running', startedAt: 't' }],
    [
      'terminated',
      { terminated: { exitCode: 137, reason: 'Error', finishedAt: 't' } },
      { kind: 'terminated', exitCode: 137, reason: 'Error', message: '', finishedAt: 't' },
    ],
  ])('reads the state of an ephemeral container: %s', (_name, state, seen) => {
    const pod = projectPod(
      raw({
        spec: {
          ephemeralContainers: [
            {
              name: 'squall-x-1',
              image: 'i',
              env: [
                { name: 'SQUALL_UID', value: 'e-1' },
                { name: 'OTHER', value: 'x' },
              ],
            },
          ],
        },
        status: {
          ephemeralContainerStatuses: state === undefined ? [] : [{ name: 'squall-x-1', state }],
        },
      }),
    );
    expect(pod.ephemeralContainers).toEqual([
      { name: 'squall-x-1', image: 'i', env: { SQUALL_UID: 'e-1' }, state: seen },
    ]);
  });
});
