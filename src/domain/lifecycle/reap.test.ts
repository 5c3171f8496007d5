import { describe } from 'vitest';
import { anAgent, aReaper, reportText, terminated } from './agent.builder.ts';
import { T0 } from './experiment.builder.ts';
import { accepted, busy, done, failed, testRows } from './pod-row.builder.ts';

/** Killed at 5 s. */
const dead = anAgent(terminated('', { exitCode: 137, reason: 'Error', at: T0 + 5_000 }));
const why = { reason: 'AgentDied', message: 'exit code 137, Error' } as const;
const leaked = { state: 'Leaked', ...why, applied: 1_500, ended: 5_500 } as const;
const leakedUnproven = { state: 'Leaked', ...why, ended: 5_500 } as const;
const reaped = (ended: number, reaps: number) =>
  ({ state: 'Recovered', reason: 'Reaped', applied: 1_500, ended, reaps }) as const;

const reaping = (n: number) => aReaper(n, { kind: 'running', startedAt: '' });
/** The n-th reaper read back, at this time by the node's clock, that nothing is left. */
const cleaned = (n: number, ms: number) =>
  aReaper(n, terminated(reportText({ reason: 'Reaped', endedAtMs: T0 + ms })));
const inVain = (n: number) =>
  aReaper(
    n,
    terminated(reportText({ reason: 'RevertFailed', clean: false, endedAtMs: T0 + 7_000 })),
  );
const refused = { kind: 'refused', reason: 'PolicyDenied', message: 'because' } as const;

describe('what a dead agent left', () => {
  const base = { entry: leaked, at: 7_500 } as const;
  testRows({
    'is reaped': { ...base, sees: [dead], effects: ['reap 1'], wakes: 125_500 },
    'is reaped once at a time': { ...base, sees: [dead], did: { reap: busy }, wakes: 125_500 },
    'is not reaped again while the accepted reaper does not show': {
      ...base,
      sees: [dead],
      did: { reap: done(7_000, accepted) },
      wakes: 125_500,
    },
    'is given time to be reaped': {
      ...base,
      sees: [dead, reaping(1)],
      did: { reap: done(7_000, accepted) },
      becomes: { ...leaked, reaps: 1 },
      wakes: 125_500,
    },
    'is asked for again when the request failed': {
      ...base,
      sees: [dead],
      did: { reap: failed(7_000) },
      effects: ['reap 1'],
      wakes: 125_500,
    },
    'is gone when a reaper read back that nothing is left': {
      ...base,
      sees: [dead, cleaned(1, 7_000)],
      becomes: { ...reaped(7_000, 1), message: why.message },
    },
    'was gone already when a reaper came while the agent lived': {
      ...base,
      sees: [dead, cleaned(1, 2_500)],
      becomes: { ...reaped(2_500, 1), message: why.message },
    },
    'is not gone by a reaper that looked when the agent applied': {
      ...base,
      sees: [dead, cleaned(1, 2_499)],
      becomes: { ...leaked, reaps: 1 },
      effects: ['reap 2'],
      wakes: 125_500,
    },
    'is reaped again, one after another, when a reaper failed': {
      ...base,
      sees: [dead, inVain(1)],
      did: { reap: done(6_500, accepted) },
      becomes: { ...leaked, reaps: 1 },
      effects: ['reap 2'],
      wakes: 125_500,
    },
    'is reaped again when a reaper says that it is clean but not that it looked': {
      ...base,
      sees: [
        dead,
        aReaper(
          1,
          terminated(reportText({ reason: 'BadInput', clean: true, endedAtMs: T0 + 7_000 })),
        ),
      ],
      becomes: { ...leaked, reaps: 1 },
      effects: ['reap 2'],
      wakes: 125_500,
    },
    'is reaped again when the words of a reaper are those of another run': {
      ...base,
      sees: [
        dead,
        aReaper(
          1,
          terminated(reportText({ reason: 'Reaped', handle: '20', endedAtMs: T0 + 7_000 })),
        ),
      ],
      becomes: { ...leaked, reaps: 1 },
      effects: ['reap 2'],
      wakes: 125_500,
    },
    'is gone by the third reaper as well': {
      ...base,
      sees: [dead, inVain(1), inVain(2), cleaned(3, 9_000)],
      becomes: { ...reaped(9_000, 3), message: why.message },
    },
    'is not reaped a fourth time': {
      ...base,
      sees: [dead, inVain(1), inVain(2), inVain(3)],
      becomes: { ...leaked, reaps: 3 },
      wakes: 125_500,
    },
    'is not asked for again when admission refuses reapers': {
      ...base,
      sees: [dead],
      did: { reap: done(7_000, refused) },
      wakes: 125_500,
    },
    'is abandoned after two minutes': {
      at: 125_500,
      entry: leaked,
      sees: [dead, inVain(1), inVain(2), inVain(3)],
      becomes: { ...leaked, state: 'Abandoned', reason: 'ReapFailed', reaps: 3 },
    },
    'is abandoned after two minutes of refusals': {
      at: 125_500,
      entry: leaked,
      sees: [dead],
      did: { reap: done(7_000, refused) },
      becomes: { ...leaked, state: 'Abandoned', reason: 'ReapFailed' },
    },
    'is abandoned after two minutes of failures': {
      at: 125_500,
      entry: leaked,
      sees: [dead],
      did: { reap: failed(125_000, 20) },
      becomes: { ...leaked, state: 'Abandoned', reason: 'ReapFailed' },
    },
    'is not abandoned while a request is under way': {
      at: 125_500,
      entry: leaked,
      sees: [dead],
      did: { reap: busy },
    },
    'is not abandoned before the last reaper had 30 s': {
      at: 125_500,
      entry: leaked,
      sees: [dead, reaping(1)],
      did: { reap: done(124_000, accepted) },
      becomes: { ...leaked, reaps: 1 },
      wakes: 154_000,
    },
    'is not abandoned by a process that took over late and has not tried yet': {
      at: 900_000,
      restarted: true,
      entry: leaked,
      sees: [dead, inVain(1)],
      becomes: { ...leaked, reaps: 1 },
      effects: ['reap 2'],
    },
    'is abandoned by a process that took over late and can try nothing more': {
      at: 900_000,
      restarted: true,
      entry: leaked,
      sees: [dead, reaping(1)],
      becomes: { ...leaked, state: 'Abandoned', reason: 'ReapFailed', reaps: 1 },
    },
  });

  const early = { entry: leakedUnproven, at: 7_500 } as const;
  describe('when it never proved its fault', () => {
    testRows({
      'is gone when a reaper looked after its death, as far as whole seconds tell': {
        ...early,
        sees: [dead, cleaned(1, 7_000)],
        becomes: {
          state: 'Recovered',
          reason: 'Reaped',
          message: why.message,
          ended: 7_000,
          reaps: 1,
        },
      },
      'is not gone by a reaper that may have looked before': {
        ...early,
        sees: [dead, cleaned(1, 6_999)],
        becomes: { ...leakedUnproven, reaps: 1 },
        effects: ['reap 2'],
        wakes: 125_500,
      },
      'is gone when a reaper looked after we noticed, where the kubelet has lost the time of its death':
        {
          ...early,
          sees: [anAgent(terminated('', { exitCode: 137, reason: 'Error' })), cleaned(1, 6_500)],
          becomes: {
            state: 'Recovered',
            reason: 'Reaped',
            message: why.message,
            ended: 6_500,
            reaps: 1,
          },
        },
      'is not gone by a reaper that came before we noticed it': {
        ...early,
        sees: [anAgent(terminated('', { exitCode: 137, reason: 'Error' })), cleaned(1, 6_499)],
        becomes: { ...leakedUnproven, reaps: 1 },
        effects: ['reap 2'],
        wakes: 125_500,
      },
    });
  });
});
