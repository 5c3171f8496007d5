import { describe, expect, it } from 'vitest';
import { aContainer, aPod } from '../targets/pod.builder.ts';
import type { ContainerState, EphemeralContainer } from '../targets/pod.ts';
import { anAgent, aReaper, CONTAINER, identity, reportText, terminated } from './agent.builder.ts';
import { evidence } from './evidence.ts';
import { anEntry, T0 } from './experiment.builder.ts';
import { readPods } from './observed.builder.ts';

const look = (...ephemeralContainers: EphemeralContainer[]) =>
  evidence(anEntry(), readPods([aPod({ ephemeralContainers })]), CONTAINER, identity);

describe('what the cluster shows of a pod', () => {
  it.each<[string, ContainerState, object]>([
    [
      'starting before the kubelet says anything',
      { kind: 'unreported' },
      { kind: 'starting', reason: '', message: '' },
    ],
    [
      'starting while it waits',
      { kind: 'waiting', reason: 'ErrImagePull', message: 'm' },
      { kind: 'starting', reason: 'ErrImagePull', message: 'm' },
    ],
    ['running', { kind: 'running', startedAt: '' }, { kind: 'running' }],
    [
      'not startable when its process never ran',
      terminated('no such file', { reason: 'StartError', exitCode: 128 }),
      { kind: 'notStartable', message: 'no such file' },
    ],
    [
      'not startable by the word of an older runtime',
      terminated('x', { reason: 'ContainerCannotRun', exitCode: 127 }),
      { kind: 'notStartable' },
    ],
    [
      'ended with its report',
      terminated(reportText({ reason: 'Expired' }), { at: T0 }),
      { kind: 'ended', report: { reason: 'Expired' }, finishedAtMs: T0 },
    ],
    [
      'ended with its report, whatever the reason of the kubelet',
      terminated(reportText(), { reason: 'StartError' }),
      { kind: 'ended', report: { reason: 'Stopped' } },
    ],
    [
      'ended without a word',
      terminated('', { reason: 'OOMKilled', exitCode: 137 }),
      { kind: 'ended', report: undefined, message: 'exit code 137, OOMKilled' },
    ],
    [
      'ended without a reason',
      terminated('', { reason: '', exitCode: 1 }),
      { kind: 'ended', message: 'exit code 1, no reason' },
    ],
    [
      'ended with a report that was cut',
      terminated(reportText().slice(0, -1)),
      { kind: 'ended', report: undefined },
    ],
    [
      'ended at a time that is not known',
      terminated(''),
      { kind: 'ended', finishedAtMs: undefined },
    ],
    [
      'ended at the zero time of a lost container',
      { ...terminated(''), finishedAt: '0001-01-01T00:00:00Z' } as ContainerState,
      { kind: 'ended', finishedAtMs: undefined },
    ],
  ])('is an agent that is %s', (_name, state, expected) => {
    expect(look(anAgent(state))).toMatchObject({ ...expected, reapers: [] });
  });

  it('is no agent where there are only other containers', () => {
    const debug = aContainer({ name: 'debugger-x7k2p' });
    expect(look(debug, aReaper(1, { kind: 'unreported' }))).toMatchObject({ kind: 'absent' });
  });

  it('is somebody else where the name is ours and the uid is not', () => {
    expect(look(aContainer({ name: CONTAINER }))).toMatchObject({ kind: 'foreign' });
  });

  it('is every reaper, in the order of their numbers, with what it said', () => {
    const said = terminated(reportText({ reason: 'Reaped' }));
    const seen = look(
      aReaper(2, { kind: 'waiting', reason: 'ContainerCreating', message: '' }),
      aReaper(1, said),
      anAgent({ kind: 'running', startedAt: '' }),
      aReaper(3, terminated(reportText({ uid: 'e2' }))),
    );
    expect(seen).toMatchObject({
      kind: 'running',
      reapers: [
        { n: 1, ended: true, report: { reason: 'Reaped' } },
        { n: 2, ended: false, report: undefined },
        { n: 3, ended: true, report: undefined },
      ],
    });
  });
});
