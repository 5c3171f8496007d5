import { describe, it } from 'vitest';
import { agentReasons, type AgentReason } from '../agent/report.ts';
import { type ContainerState } from '../targets/pod.ts';
import { anAgent, aReaper, reportText, terminated } from './agent.builder.ts';
import { T0 } from './experiment.builder.ts';
import { done, type PodRow, testRow, testRows } from './pod-row.builder.ts';

const running = anAgent({ kind: 'running', startedAt: '' });
const ended = (message: string, parts?: Parameters<typeof terminated>[1]) =>
  anAgent(terminated(message, parts));
const injected = { state: 'Injected', applied: 1_500 } as const;
const unproven = { state: 'Unknown', reason: 'Unproven' } as const;

describe('a pod whose agent has ended', () => {
  const last = (fields: Parameters<typeof reportText>[0]) => [ended(reportText(fields))];
  const applied = { applied: true, appliedAtMs: T0 + 1_500, endedAtMs: T0 + 11_500 } as const;
  const recovered = (reason: AgentReason) =>
    ({ state: 'Recovered', reason, applied: 1_500, ended: 11_500 }) as const;

  const told = (reason: AgentReason): PodRow['becomes'] & object => {
    const ownTime = ['Elapsed', 'Deadline', 'Stopped', 'Terminated', 'Expired', 'Reaped'];
    return { state: 'Failed', reason: ownTime.includes(reason) ? 'NotStarted' : reason };
  };
  it.each(agentReasons)('without a fault has failed with what it says: %s', (reason) => {
    testRow({ at: 2_000, sees: last({ reason }), becomes: told(reason) });
  });
  it.each(['Elapsed', 'Deadline', 'Stopped', 'Terminated'] as const)(
    'and undone its fault is Recovered: %s',
    (reason) => {
      testRow({
        at: 12_000,
        sees: last({ ...applied, reason }),
        entry: injected,
        becomes: recovered(reason),
      });
    },
  );
  const died = {
    state: 'Leaked',
    reason: 'AgentDied',
    message: 'exit code 0, Completed',
    ended: 5_000,
  } as const;
  const dead: ContainerState = terminated('', { exitCode: 137, reason: 'OOMKilled' });
  testRows({
    'has injected although nobody read its proof': {
      at: 12_000,
      sees: last({ ...applied, reason: 'Elapsed' }),
      becomes: recovered('Elapsed'),
    },
    'has its packets counted, and never fewer lost than none': {
      at: 12_000,
      sees: last({
        ...applied,
        reason: 'Elapsed',
        egress: { seen: 100, passed: 81 },
        ingress: { seen: 5, passed: 6 },
      }),
      becomes: { ...recovered('Elapsed'), egress: '19/100', ingress: '0/5' },
    },
    'tells what was found of the connection that was to be checked': {
      at: 12_000,
      sees: last({
        ...applied,
        reason: 'Elapsed',
        verify: {
          before: { tries: 1, us: 432 },
          during: { tries: 3 },
          after: { tries: 2, us: 1_002_449 },
        },
      }),
      becomes: {
        ...recovered('Elapsed'),
        verified: { before: '0.4ms', during: 'no answer in 3 tries', after: '1002.4ms at try 2' },
      },
    },
    'tells that the name of the connection to check does not resolve': {
      at: 12_000,
      sees: last({ ...applied, reason: 'Elapsed', verify: { before: { tries: 0 } } }),
      becomes: { ...recovered('Elapsed'), verified: { before: 'the name does not resolve' } },
    },
    'tells what lost the packets where the kernel has no netem': {
      at: 12_000,
      sees: last({ ...applied, reason: 'Elapsed', engine: 'bpf' }),
      becomes: { ...recovered('Elapsed'), engine: 'bpf' },
    },
    'keeps the message of its report': {
      at: 12_000,
      sees: last({ ...applied, reason: 'Deadline', message: 'late' }),
      becomes: { ...recovered('Deadline'), message: 'late' },
    },
    'keeps the skew of its clock as the reason': {
      at: 12_000,
      sees: last({ ...applied, reason: 'Stopped' }),
      entry: { state: 'Unknown', reason: 'ClockSkew', applied: 1_500 },
      becomes: { ...recovered('Stopped'), reason: 'ClockSkew' },
    },
    'is Recovered after it was Unproven': {
      at: 62_000,
      sees: last({ ...applied, reason: 'Stopped' }),
      entry: unproven,
      becomes: recovered('Stopped'),
    },
    'is settled by the report that came with the answer to stop': {
      at: 5_000,
      stopping: true,
      sees: [running],
      entry: injected,
      did: {
        stop: done(4_900, {
          report: {
            ...applied,
            clean: true,
            reason: 'Stopped',
            message: '',
            endedAtMs: T0 + 4_800,
          },
        }),
      },
      becomes: { ...recovered('Stopped'), ended: 4_800 },
    },
    'is Leaked by an unclean report that came with the answer to stop': {
      at: 5_000,
      stopping: true,
      sees: [running],
      entry: injected,
      did: {
        stop: done(4_900, {
          report: { ...applied, clean: false, reason: 'RevertFailed', message: 'busy' },
        }),
      },
      becomes: {
        ...injected,
        state: 'Leaked',
        reason: 'RevertFailed',
        message: 'busy',
        ended: 5_000,
      },
      effects: ['reap 1'],
      wakes: 125_000,
    },
    'was reaped before it noticed': {
      at: 12_000,
      sees: [
        ...last({ ...applied, reason: 'Elapsed' }),
        aReaper(1, terminated(reportText({ reason: 'Reaped', endedAtMs: T0 + 6_000 }))),
      ],
      becomes: { ...recovered('Elapsed'), reason: 'Reaped', ended: 6_000 },
    },
    'was not reaped by a reaper that came before its fault': {
      at: 12_000,
      sees: [
        ...last({ ...applied, reason: 'Elapsed' }),
        aReaper(1, terminated(reportText({ reason: 'Reaped', endedAtMs: T0 + 1_499 }))),
      ],
      becomes: recovered('Elapsed'),
    },
    'without a word is Leaked and reaped at once': {
      at: 5_000,
      sees: [anAgent(dead)],
      entry: injected,
      becomes: {
        ...injected,
        state: 'Leaked',
        reason: 'AgentDied',
        message: 'exit code 137, OOMKilled',
        ended: 5_000,
      },
      effects: ['reap 1'],
      wakes: 125_000,
    },
    'and could not undo its fault is Leaked, counted and reaped': {
      at: 12_000,
      sees: last({
        ...applied,
        clean: false,
        reason: 'RevertFailed',
        message: 'busy',
        egress: { seen: 10, passed: 8 },
      }),
      entry: injected,
      becomes: {
        ...injected,
        state: 'Leaked',
        reason: 'RevertFailed',
        message: 'busy',
        ended: 12_000,
        egress: '2/10',
      },
      effects: ['reap 1'],
      wakes: 132_000,
    },
    'keeps a message of 300 characters at most': {
      at: 2_000,
      sees: last({ reason: 'InstallFailed', message: 'x'.repeat(400) }),
      becomes: { state: 'Failed', reason: 'InstallFailed', message: `${'x'.repeat(299)}…` },
    },
    'with the words of another experiment has said nothing': {
      at: 5_000,
      sees: last({ ...applied, uid: 'u-2' }),
      becomes: died,
      effects: ['reap 1'],
      wakes: 125_000,
    },
    'with the words of another attempt has said nothing': {
      at: 5_000,
      sees: last({ ...applied, attempt: 2 }),
      becomes: died,
      effects: ['reap 1'],
      wakes: 125_000,
    },
    'with the words of another handle has said nothing': {
      at: 5_000,
      sees: last({ ...applied, handle: '20' }),
      becomes: died,
      effects: ['reap 1'],
      wakes: 125_000,
    },
  });
});
