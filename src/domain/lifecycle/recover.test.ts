import { describe } from 'vitest';
import { anAgent, aReaper, reportText, terminated } from './agent.builder.ts';
import { T0 } from './experiment.builder.ts';
import { accepted, busy, done, failed, testRows } from './pod-row.builder.ts';

const running = anAgent({ kind: 'running', startedAt: '' });
const injected = { state: 'Injected', applied: 1_500 } as const;
const unproven = { state: 'Unknown', reason: 'Unproven' } as const;
const reaped = (ended: number, reaps: number) =>
  ({ state: 'Recovered', reason: 'Reaped', applied: 1_500, ended, reaps }) as const;

const reaping = (n: number) => aReaper(n, { kind: 'running', startedAt: '' });
/** The n-th reaper read back, at this time by the node's clock, that nothing is left. */
const cleaned = (n: number, ms: number) =>
  aReaper(n, terminated(reportText({ reason: 'Reaped', endedAtMs: T0 + ms })));
const refused = { kind: 'refused', reason: 'PolicyDenied', message: 'because' } as const;

describe('an agent that is to end', () => {
  const stopping = true;
  const base = { stopping, sees: [running], entry: injected } as const;
  testRows({
    'is told so': { ...base, at: 5_000, effects: ['stop'] },
    'is told once at a time': { ...base, at: 5_000, did: { stop: busy } },
    'is told again when it could not be told': {
      ...base,
      at: 5_500,
      did: { stop: failed(5_000) },
      effects: ['stop'],
    },
    'is not told again so soon': { ...base, at: 5_400, did: { stop: failed(5_000) }, wakes: 5_500 },
    'is reaped when it could not be told three times': {
      ...base,
      at: 5_500,
      did: { stop: failed(5_400, 3) },
      effects: ['reap 1'],
      wakes: 125_400,
    },
    'is reaped at once when we may not tell it': {
      ...base,
      at: 5_500,
      did: { stop: failed(5_400, 1, true) },
      effects: ['reap 1'],
      wakes: 125_400,
    },
    'has 1 s when it was told and did not answer': {
      ...base,
      at: 5_500,
      did: { stop: done(5_400, {}) },
      wakes: 6_400,
    },
    'is reaped when it does not end': {
      ...base,
      at: 6_400,
      did: { stop: done(5_400, {}) },
      effects: ['reap 1'],
      wakes: 125_400,
    },
    'is told by a process that took over, whatever the one before did': {
      ...base,
      at: 5_500,
      restarted: true,
      effects: ['stop'],
    },
  });
});

describe('a living agent that cannot be told', () => {
  const denied = { stop: failed(5_000, 1, true) };
  const base = { stopping: true, did: denied } as const;
  testRows({
    'is clean when a reaper looked after its proven fault': {
      ...base,
      at: 7_500,
      entry: injected,
      sees: [running, cleaned(1, 7_000)],
      becomes: reaped(7_000, 1),
    },
    'is reaped again when it applied after the reaper looked': {
      ...base,
      at: 7_500,
      entry: { ...injected, applied: 6_500 },
      sees: [running, cleaned(1, 7_000)],
      becomes: { ...injected, applied: 6_500, reaps: 1 },
      effects: ['reap 2'],
      wakes: 125_000,
    },
    'may apply yet when it has not proven its fault: no reaper is the last one': {
      ...base,
      did: { ...denied, proof: busy },
      at: 7_500,
      sees: [running, cleaned(1, 7_000)],
      becomes: { reaps: 1 },
      wakes: 90_000,
    },
    'is reaped again when it cannot apply any more': {
      ...base,
      did: { ...denied, proof: busy },
      at: 90_000,
      sees: [running, cleaned(1, 7_000)],
      becomes: { reaps: 1 },
      effects: ['reap 2'],
      wakes: 125_000,
    },
    'is clean by a reaper that looked then, even by a clock 9 s behind': {
      ...base,
      did: { ...denied, proof: busy },
      at: 91_000,
      sees: [running, cleaned(1, 7_000), cleaned(2, 81_000)],
      becomes: { state: 'Recovered', reason: 'Reaped', ended: 81_000, reaps: 2 },
    },
    'is clean when it proves its fault after the reaper took it': {
      ...base,
      at: 7_500,
      did: { ...denied, proof: done(7_400, { readAt: T0 + 7_400, appliedAtMs: T0 + 1_500 }) },
      sees: [running, cleaned(1, 7_000)],
      becomes: reaped(7_000, 1),
    },
    'is waited for when reapers are refused too, as it ends by itself': {
      ...base,
      did: { stop: failed(5_000, 1, true), reap: done(6_000, refused) },
      at: 7_500,
      entry: injected,
      sees: [running],
      wakes: 125_000,
    },
    'is let go when it should have ended by itself long ago': {
      ...base,
      did: { stop: failed(5_000, 1, true), reap: done(6_000, refused) },
      at: 125_000,
      entry: injected,
      sees: [running],
      becomes: { ...injected, state: 'Unknown', reason: 'DeadlinePassed' },
    },
    'is fought for two minutes by a process that took over long after its deadline': {
      at: 500_000,
      restarted: true,
      entry: injected,
      sees: [running],
      did: { stop: done(495_000, {}) },
      effects: ['reap 1'],
      wakes: 615_000,
    },
    'is Unknown until it is clean when it was Unproven': {
      at: 66_000,
      entry: unproven,
      did: { stop: failed(65_000, 3), proof: busy, reap: done(65_500, accepted) },
      sees: [running, reaping(1)],
      becomes: { ...unproven, reaps: 1 },
      wakes: 185_000,
    },
  });
});
