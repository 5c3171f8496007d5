import { describe } from 'vitest';
import { anAgent } from './agent.builder.ts';
import { T0 } from './experiment.builder.ts';
import { busy, done, failed, testRows } from './pod-row.builder.ts';

const running = anAgent({ kind: 'running', startedAt: '' });
const injected = { state: 'Injected', applied: 1_500 } as const;
const unproven = { state: 'Unknown', reason: 'Unproven' } as const;

describe('a pod with a running agent', () => {
  const proof = (
    appliedAtMs: number | undefined,
    startedAtMs = T0 + 1_000,
    readAt = T0 + 1_700,
  ) => ({
    proof: done(readAt - T0, {
      readAt,
      startedAtMs,
      ...(appliedAtMs !== undefined && { appliedAtMs }),
    }),
  });
  const proven = proof(T0 + 1_500);
  const skewed = { state: 'Unknown', reason: 'ClockSkew' } as const;
  testRows({
    'is asked for its proof': { at: 1_000, sees: [running], effects: ['prove'], wakes: 60_000 },
    'is asked once at a time': { at: 1_100, sees: [running], did: { proof: busy }, wakes: 60_000 },
    'is asked again when the proof could not be read': {
      at: 2_500,
      sees: [running],
      did: { proof: failed(2_000) },
      effects: ['prove'],
      wakes: 60_000,
    },
    'is not asked again so soon': {
      at: 2_400,
      sees: [running],
      did: { proof: failed(2_000) },
      wakes: 2_500,
    },
    'has proven nothing by its start alone': {
      at: 1_700,
      sees: [running],
      did: proof(undefined),
      wakes: 60_000,
    },
    'is Injected by its proof, and looked after 12 s past the latest end that it can have': {
      at: 1_700,
      sees: [running],
      did: proven,
      becomes: injected,
      wakes: 23_700,
    },
    'is Injected although its image was late': {
      at: 1_700,
      sees: [running],
      entry: { reason: 'ImagePull', message: 'x' },
      did: proven,
      becomes: injected,
      wakes: 23_700,
    },
    'keeps the time of its proof': {
      at: 2_000,
      sees: [running],
      entry: { ...injected, applied: 7 },
      did: proven,
      wakes: 23_700,
    },
    'ends at the deadline when it applied late': {
      at: 66_000,
      sees: [running],
      entry: { ...injected, applied: 65_000 },
      wakes: 92_000,
    },
    'tells what loses the packets where the kernel has no netem': {
      at: 1_700,
      sees: [running],
      did: {
        proof: {
          kind: 'done',
          at: T0 + 1_600,
          result: {
            startedAtMs: T0 + 900,
            appliedAtMs: T0 + 1_500,
            readAt: T0 + 1_600,
            engine: 'bpf',
          },
        },
      },
      becomes: { state: 'Injected', applied: 1_500, engine: 'bpf' },
      wakes: 23_600,
    },
    'keeps a time before the start, when its clock is behind by less than 10 s': {
      at: 1_700,
      sees: [running],
      did: proof(T0 - 8_000, T0 - 9_000),
      becomes: { state: 'Injected', applied: -8_000 },
      wakes: 23_700,
    },
    'whose clock is behind by more than 10 s is stopped': {
      at: 1_700,
      sees: [running],
      did: proof(T0 - 9_500, T0 - 10_001),
      becomes: { ...skewed, applied: -9_500 },
      effects: ['stop'],
    },
    'whose clock is ahead by more than 10 s is stopped': {
      at: 1_700,
      sees: [running],
      did: proof(T0 + 13_000, T0 + 11_701),
      becomes: { ...skewed, applied: 13_000 },
      effects: ['stop'],
    },
    'is Unproven and stopped at injectionTimeout': {
      at: 60_000,
      sees: [running],
      did: { proof: failed(59_999) },
      becomes: unproven,
      effects: ['stop'],
      wakes: 60_499,
    },
    'is Unproven and stopped while the proof is still being read': {
      at: 60_000,
      sees: [running],
      did: { proof: busy },
      becomes: unproven,
      effects: ['stop'],
    },
    'is stopped for good once it is Unproven: late words only add the time': {
      at: 61_000,
      sees: [running],
      entry: unproven,
      did: { ...proof(T0 + 59_990), stop: busy },
      becomes: { ...unproven, applied: 59_990 },
    },
    'is heard first by a process that took over after injectionTimeout': {
      at: 66_000,
      restarted: true,
      sees: [running],
      effects: ['prove'],
      wakes: 92_000,
    },
    'is believed by a process that took over after injectionTimeout': {
      at: 66_000,
      restarted: true,
      sees: [running],
      did: proof(T0 + 59_000, T0 + 58_500, T0 + 66_000),
      becomes: { state: 'Injected', applied: 59_000 },
      wakes: 88_000,
    },
    'is Unproven to a process that took over and could not hear it': {
      at: 66_000,
      restarted: true,
      sees: [running],
      did: { proof: failed(65_999) },
      becomes: unproven,
      effects: ['stop'],
      wakes: 66_499,
    },
    'is Unproven to a process that took over after its end': {
      at: 92_000,
      restarted: true,
      sees: [running],
      becomes: unproven,
      effects: ['prove', 'stop'],
    },
    'is left alone as long as its fault may last': {
      at: 23_699,
      sees: [running],
      entry: injected,
      did: proven,
      wakes: 23_700,
    },
    'is stopped when its end is overdue': {
      at: 23_700,
      sees: [running],
      entry: injected,
      did: proven,
      effects: ['stop'],
    },
    'is left alone for longer when it verifies afterwards whether the fault is over': {
      at: 32_699,
      verifyMs: 9_000,
      sees: [running],
      entry: injected,
      did: proven,
      wakes: 32_700,
    },
    'is left alone for 10 s more by a process that has not heard it, as its clock may be behind': {
      at: 33_499,
      sees: [running],
      entry: injected,
      wakes: 33_500,
    },
    'is stopped by a process that has not heard it when that is over': {
      at: 33_500,
      sees: [running],
      entry: injected,
      effects: ['stop'],
    },
    'is told to end when the run is': {
      at: 5_000,
      stopping: true,
      sees: [running],
      entry: injected,
      effects: ['stop'],
    },
    'is told to end and heard when it has not proven its fault yet': {
      at: 1_000,
      stopping: true,
      sees: [running],
      effects: ['prove', 'stop'],
    },
    'is Injected by its proof although it is being stopped': {
      at: 5_000,
      stopping: true,
      sees: [running],
      did: { ...proven, stop: busy },
      becomes: injected,
    },
  });
});
