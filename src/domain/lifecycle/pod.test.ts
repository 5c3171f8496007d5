import { describe, it } from 'vitest';
import { aPod } from '../targets/pod.builder.ts';
import { anAgent, terminated } from './agent.builder.ts';
import { readPods } from './observed.builder.ts';
import { blindSince, testRow, testRows } from './pod-row.builder.ts';

const running = anAgent({ kind: 'running', startedAt: '' });
const ended = (message: string, parts?: Parameters<typeof terminated>[1]) =>
  anAgent(terminated(message, parts));
const injected = { state: 'Injected', applied: 1_500 } as const;
const leaked = { state: 'Leaked', reason: 'AgentDied', ended: 60_000 } as const;

describe('a settled pod', () => {
  const settled = {
    Recovered: { state: 'Recovered', reason: 'Elapsed' },
    Failed: { state: 'Failed', reason: 'NotStarted' },
    Gone: { state: 'Gone', reason: 'PodGone' },
    Abandoned: { state: 'Abandoned', reason: 'ReapFailed' },
    'Unknown for good': { state: 'Unknown', reason: 'DeadlinePassed' },
  } as const;
  const sights = {
    'cannot be read': blindSince(0),
    'is gone': readPods([]),
    'has no agent': [],
    'has a running agent': [running],
    'has an agent that died': [ended('', { exitCode: 137 })],
  };
  it.each(
    Object.entries(settled).flatMap(([state, entry]) =>
      Object.entries(sights).map(([sight, sees]) => [state, sight, entry, sees] as const),
    ),
  )('that is %s stays so when it %s', (_state, _sight, entry, sees) => {
    testRow({ at: 300_000, entry, sees });
  });
});

describe('a pod that went away', () => {
  const gone = { state: 'Gone', reason: 'PodGone' } as const;
  testRows({
    'takes its fault with it': {
      at: 5_000,
      sees: readPods([]),
      entry: injected,
      becomes: { ...injected, ...gone },
    },
    'is gone before anything was done': { at: 0, sees: readPods([]), becomes: gone },
    'is gone when another one has its name': {
      at: 5_000,
      sees: aPod({ uid: 'another-pod-of-that-name' }),
      becomes: gone,
    },
    'is gone when it has Succeeded': {
      at: 5_000,
      sees: aPod({ phase: 'Succeeded', ephemeralContainers: [running] }),
      becomes: gone,
    },
    'is gone when it has Failed': {
      at: 5_000,
      sees: aPod({ phase: 'Failed', ephemeralContainers: [running] }),
      becomes: gone,
    },
    'is not Leaked any more': {
      at: 65_000,
      sees: readPods([]),
      entry: leaked,
      becomes: { ...gone, ended: 60_000 },
    },
  });
});
