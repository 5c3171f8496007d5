import { describe } from 'vitest';
import { aContainer, aPod } from '../targets/pod.builder.ts';
import { anAgent, CONTAINER, terminated } from './agent.builder.ts';
import { T0 } from './experiment.builder.ts';
import { accepted, busy, done, failed, testRows, unstarted } from './pod-row.builder.ts';

const waiting = (reason: string, message = '') => anAgent({ kind: 'waiting', reason, message });
const ended = (message: string, parts?: Parameters<typeof terminated>[1]) =>
  anAgent(terminated(message, parts));
const refused = (reason: 'PolicyDenied' | 'PodGone') =>
  done(100, { kind: 'refused' as const, reason, message: 'because' });
const injected = { state: 'Injected', applied: 1_500 } as const;
const unproven = { state: 'Unknown', reason: 'Unproven' } as const;

describe('a pod without the agent', () => {
  const denied = { state: 'Failed', reason: 'PolicyDenied', message: 'because' } as const;
  const notStarted = { state: 'Failed', reason: 'NotStarted' } as const;
  testRows({
    'is injected': { at: 0, sees: [], effects: ['inject'], wakes: 85_000 },
    'is injected once at a time': { at: 50, sees: [], did: { inject: busy } },
    'is injected again after a restart: the same again is no change': {
      at: 50,
      sees: [],
      restarted: true,
      effects: ['inject'],
      wakes: 85_000,
    },
    'is not asked again so soon after a failure': {
      at: 1_400,
      sees: [],
      did: { inject: failed(1_000) },
      wakes: 1_500,
    },
    'is asked again later': {
      at: 1_500,
      sees: [],
      did: { inject: failed(1_000) },
      effects: ['inject'],
      wakes: 85_000,
    },
    'is asked at most every 5 s after many failures': {
      at: 20_000,
      sees: [],
      did: { inject: failed(19_000, 500) },
      wakes: 24_000,
    },
    'is asked again when the fate of the first request is not known': {
      at: 1_500,
      sees: [],
      did: { inject: failed(1_000), injectUncertain: true },
      effects: ['inject'],
      wakes: 85_000,
    },
    'has failed at once when it was excluded since it was chosen': {
      at: 100,
      sees: aPod({ excluded: true }),
      becomes: { state: 'Failed', reason: 'Excluded' },
    },
    'has failed at once when its namespace was excluded since': {
      at: 100,
      sees: [],
      mayInject: 'excluded',
      becomes: { state: 'Failed', reason: 'Excluded' },
    },
    'that was excluded is held where a request may be on its way': {
      at: 100,
      sees: aPod({ excluded: true }),
      did: { inject: failed(50), injectUncertain: true },
      wakes: 85_000,
    },
    'is not injected while the policies cannot be read': {
      at: 100,
      sees: [],
      mayInject: 'unknown',
      wakes: 85_000,
    },
    'is left alone while it is being deleted': {
      at: 0,
      sees: aPod({ terminating: true }),
      wakes: 85_000,
    },
    'has failed at once when it was refused': {
      at: 100,
      sees: [],
      did: { inject: refused('PolicyDenied') },
      becomes: denied,
    },
    'is gone when the API server says so': {
      at: 100,
      sees: [],
      did: { inject: refused('PodGone') },
      becomes: { state: 'Gone', reason: 'PodGone' },
    },
    'may still get an agent when an earlier request was uncertain': {
      at: 100,
      sees: [],
      did: { inject: refused('PolicyDenied'), injectUncertain: true },
      wakes: 85_000,
    },
    'may still get an agent by a request of the process before': {
      at: 100,
      sees: [],
      did: { inject: refused('PolicyDenied') },
      restarted: true,
      wakes: 85_000,
    },
    'has failed with the refusal once no agent would start any more': {
      at: 85_000,
      sees: [],
      did: { inject: refused('PolicyDenied'), injectUncertain: true, proof: unstarted(85_000) },
      becomes: denied,
    },
    'has not failed before the cluster was asked whether an agent was started': {
      at: 85_000,
      sees: [],
      did: { inject: refused('PolicyDenied'), injectUncertain: true },
      effects: ['prove'],
      wakes: 100_000,
    },
    'has an agent that has said so, whatever we see': {
      at: 85_000,
      sees: [],
      did: {
        inject: failed(900),
        injectUncertain: true,
        proof: done(84_000, { readAt: T0 + 84_000, appliedAtMs: T0 + 61_000 }),
      },
      becomes: { state: 'Injected', applied: 61_000 },
      wakes: 92_000,
    },
    'is not injected when the time to start is over': {
      at: 60_000,
      sees: [],
      did: { inject: failed(1_000) },
      wakes: 85_000,
    },
    'has failed with the last error once no agent would start any more': {
      at: 85_000,
      sees: [],
      did: { inject: failed(1_000) },
      becomes: { ...notStarted, message: 'no answer' },
    },
    'has the agent when the API server said so, whatever we see': {
      at: 84_999,
      sees: [],
      did: { inject: done(50, accepted) },
      wakes: 85_000,
    },
    'is asked for the agent that the API server has accepted and that never shows': {
      at: 85_000,
      sees: [],
      did: { inject: done(50, accepted) },
      effects: ['prove'],
      wakes: 100_000,
    },
    'is let go when what the API server accepted never shows, and nobody answers': {
      at: 100_000,
      sees: [],
      did: { inject: done(50, accepted), proof: failed(99_000) },
      becomes: { state: 'Unknown', reason: 'DeadlinePassed' },
    },
    'is not injected again when its fault was proven': {
      at: 5_000,
      sees: [],
      entry: injected,
      wakes: 33_500,
    },
    'is told to end when its fault was proven, whatever we see': {
      at: 5_000,
      stopping: true,
      sees: [],
      entry: injected,
      effects: ['stop'],
    },
  });
  const stopping = true;
  describe('when the run is to end', () => {
    testRows({
      'is settled at once before anything was sent': {
        at: 10,
        stopping,
        sees: [],
        becomes: notStarted,
      },
      'is settled at once when the request surely failed': {
        at: 1_000,
        stopping,
        sees: [],
        did: { inject: failed(900) },
        becomes: { ...notStarted, message: 'no answer' },
      },
      'waits for the request that is under way': {
        at: 10,
        stopping,
        sees: [],
        did: { inject: busy },
      },
      'waits until no agent would start when the fate of a request is not known': {
        at: 5_000,
        stopping,
        sees: [],
        did: { inject: failed(900), injectUncertain: true },
        wakes: 85_000,
      },
      'waits so as well for what the process before may have sent': {
        at: 5_000,
        stopping,
        restarted: true,
        sees: [],
        wakes: 85_000,
      },
      'is settled then': {
        at: 85_100,
        stopping,
        restarted: true,
        sees: [],
        did: { proof: unstarted(85_050) },
        becomes: notStarted,
      },
      'waits for the agent that was accepted': {
        at: 5_000,
        stopping,
        sees: [],
        did: { inject: done(50, accepted) },
        wakes: 85_000,
      },
    });
  });
});

describe('a pod with a container of our name', () => {
  testRows({
    'that is not ours has failed': {
      at: 100,
      sees: [aContainer({ name: CONTAINER, env: { SQUALL_UID: 'somebody' } })],
      becomes: { state: 'Failed', reason: 'NameTaken' },
    },
    'that could not be started has failed': {
      at: 2_000,
      sees: [ended('exec format error', { reason: 'StartError', exitCode: 128 })],
      becomes: { state: 'Failed', reason: 'RuntimeUnsupported', message: 'exec format error' },
    },
    'of which the kubelet has said nothing may have it running: it is asked': {
      at: 85_000,
      sees: [anAgent({ kind: 'unreported' })],
      effects: ['prove'],
      wakes: 100_000,
    },
    'of which the kubelet never said anything is let go at the end': {
      at: 100_000,
      sees: [anAgent({ kind: 'unreported' })],
      did: { proof: failed(99_000) },
      becomes: { state: 'Unknown', reason: 'DeadlinePassed' },
    },
    'that is being created is waited for': {
      at: 2_000,
      sees: [waiting('ContainerCreating')],
      wakes: 85_000,
    },
    'that was never created has failed once no agent would start any more': {
      at: 85_000,
      sees: [waiting('ContainerCreating')],
      did: { proof: unstarted(85_000) },
      becomes: { state: 'Failed', reason: 'NotStarted', message: 'ContainerCreating' },
    },
    'has not failed by what its kubelet said before: it is asked now': {
      at: 85_000,
      sees: [waiting('ContainerCreating')],
      did: { proof: unstarted(84_000) },
      effects: ['prove'],
      wakes: 100_000,
    },
    'has not failed while its kubelet does not answer, and is asked again': {
      at: 85_000,
      sees: [waiting('ErrImagePull')],
      entry: { state: 'Planned', reason: 'ImagePull' },
      did: { proof: failed(84_900) },
      wakes: 85_400,
    },
    'is let go at the end when its kubelet has not answered': {
      at: 100_000,
      sees: [waiting('ContainerCreating')],
      did: { proof: failed(99_000) },
      becomes: { state: 'Unknown', reason: 'DeadlinePassed' },
    },
    'is clean by the words of its agent, whatever we see': {
      at: 70_000,
      stopping: true,
      sees: [waiting('ContainerCreating')],
      entry: injected,
      did: {
        stop: done(69_900, {
          report: {
            applied: true,
            clean: true,
            reason: 'Stopped',
            message: '',
            appliedAtMs: T0 + 1_500,
            endedAtMs: T0 + 69_800,
          },
        }),
      },
      becomes: { state: 'Recovered', reason: 'Stopped', applied: 1_500, ended: 69_800 },
    },
    'is not let go at the end before its kubelet was asked': {
      at: 100_000,
      restarted: true,
      sees: [waiting('ContainerCreating')],
      effects: ['prove'],
    },
    'has the fault that the agent has proven, whatever we see': {
      at: 70_000,
      stopping: true,
      sees: [waiting('ContainerCreating')],
      did: { proof: done(69_000, { readAt: T0 + 69_000, appliedAtMs: T0 + 59_000 }) },
      becomes: { state: 'Injected', applied: 59_000 },
      effects: ['stop'],
    },
    'whose image cannot be pulled says so and is held': {
      at: 2_000,
      sees: [waiting('ErrImagePull', 'no such image')],
      becomes: { state: 'Planned', reason: 'ImagePull', message: 'no such image' },
      wakes: 85_000,
    },
    'whose image cannot be pulled is held when the run is to end: it may be pulled yet': {
      at: 5_000,
      stopping: true,
      sees: [waiting('ErrImagePull', 'no such image')],
      becomes: { state: 'Planned', reason: 'ImagePull', message: 'no such image' },
      wakes: 85_000,
    },
    'whose image could not be pulled has failed once no agent would start any more': {
      at: 85_000,
      stopping: true,
      sees: [waiting('ImagePullBackOff')],
      did: { proof: unstarted(85_000) },
      becomes: { state: 'Failed', reason: 'ImagePull', message: 'ImagePullBackOff' },
    },
    'that the runtime refuses is held, as the kubelet tries again': {
      at: 2_000,
      sees: [waiting('CreateContainerError', 'no')],
      becomes: { state: 'Planned', reason: 'RuntimeUnsupported', message: 'no' },
      wakes: 85_000,
    },
    'that was seen running is not taken for one that never started': {
      at: 95_000,
      sees: [waiting('ContainerCreating')],
      entry: unproven,
      wakes: 100_000,
    },
  });
});
