import { describe } from 'vitest';
import { blindSince, testRows } from './pod-row.builder.ts';

const injected = { state: 'Injected', applied: 1_500 } as const;
const leaked = { state: 'Leaked', reason: 'AgentDied', ended: 60_000 } as const;

describe('a pod that cannot be read', () => {
  testRows({
    'is waited for until its fault must be over': {
      at: 5_000,
      sees: blindSince(5_000),
      wakes: 100_000,
    },
    'settles as Unknown when its deadline and the allowance for clocks are over': {
      at: 100_000,
      sees: blindSince(60_000),
      entry: injected,
      becomes: { ...injected, state: 'Unknown', reason: 'DeadlinePassed' },
    },
    'settles nothing while it has been unreadable for less than 30 s, however late': {
      at: 500_000,
      sees: blindSince(499_000),
      entry: injected,
      wakes: 529_000,
    },
    'does so too when nobody knows since when': {
      at: 100_000,
      sees: { kind: 'unreadable', message: '' },
      becomes: { state: 'Unknown', reason: 'DeadlinePassed' },
    },
    'stays Leaked beyond the deadline, for a dead agent ends nothing': {
      at: 101_000,
      sees: blindSince(50_000),
      entry: leaked,
      wakes: 180_000,
    },
    'is abandoned when it has been Leaked for two minutes': {
      at: 180_000,
      sees: blindSince(50_000),
      entry: leaked,
      becomes: { state: 'Abandoned', reason: 'ReapFailed', ended: 60_000 },
    },
  });
});
