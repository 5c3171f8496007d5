import { describe, expect, it } from 'vitest';
import type {
  ChaosExperimentStatus,
  PodStatusEntry,
} from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { injectedCondition, recoveredCondition, setCondition } from './conditions.ts';
import { notices } from './notices.ts';
import { summarise } from './summary.ts';

const pod = (
  state: PodStatusEntry['state'],
  rest: Partial<PodStatusEntry> = {},
): PodStatusEntry => ({
  namespace: 'shop',
  name: 'web-0',
  uid: 'web-0',
  state,
  ...rest,
});

const status = (
  phase: ChaosExperimentStatus['phase'] & string,
  pods: PodStatusEntry[],
): ChaosExperimentStatus => ({
  phase,
  message: `now ${phase}`,
  startTime: '2026-01-01T00:00:00.000Z',
  pods,
  summary: summarise(pods, '20%'),
  conditions: [injectedCondition(pods), recoveredCondition(pods)].reduce(
    (all, one) => setCondition(all, one, 1, 0),
    [] as ReturnType<typeof setCondition>,
  ),
});

const planned = status('Injecting', [pod('Planned')]);
const running = status('Running', [pod('Injected', { applied: 1 })]);
const told = (before: ChaosExperimentStatus, after: ChaosExperimentStatus) =>
  notices(before, after).map((notice) =>
    notice.kind === 'event' ? `${notice.type} ${notice.reason}` : Object.values(notice).join(' '),
  );

describe('notices', () => {
  it.each<[string, ChaosExperimentStatus, ChaosExperimentStatus, string[]]>([
    ['the write-ahead', {}, planned, ['Normal Planned']],
    ['a dry run', {}, { phase: 'Planned', message: 'dry run' }, ['Normal Planned']],
    ['a refusal', {}, { phase: 'Failed', message: 'no' }, ['Warning Refused', 'ended Failed']],
    ['nothing new', running, { ...running, message: 'another sentence' }, []],
    ['the last proof', planned, running, ['Normal Injected']],
    [
      'the end',
      running,
      status('Completed', [pod('Recovered', { applied: 1, reason: 'Elapsed' })]),
      ['cleanup clean', 'Normal Recovered', 'ended Completed'],
    ],
    [
      'a leak',
      running,
      status('Recovering', [pod('Leaked', { applied: 1, reason: 'AgentDied' })]),
      ['Warning Leaked'],
    ],
    [
      'a leak that was reaped',
      status('Recovering', [pod('Leaked', { applied: 1 })]),
      status('Completed', [pod('Recovered', { applied: 1, reason: 'Reaped' })]),
      ['cleanup reaped', 'Normal Recovered', 'ended Completed'],
    ],
    [
      'a leak that could not be reaped',
      status('Recovering', [pod('Leaked', { applied: 1 })]),
      status('Completed', [pod('Abandoned', { applied: 1, reason: 'ReapFailed' })]),
      ['Warning Leaked', 'cleanup abandoned', 'Warning Recovered', 'ended Completed'],
    ],
    [
      'a pod that went away',
      running,
      status('Completed', [pod('Gone', { applied: 1, reason: 'PodGone' })]),
      ['cleanup gone', 'Normal Recovered', 'ended Completed'],
    ],
    [
      'a run in which no pod proved anything',
      planned,
      status('Failed', [pod('Failed', { reason: 'ImagePull' })]),
      ['Warning Recovered', 'ended Failed'],
    ],
  ])('of %s', (_name, before, after, said) => {
    expect(told(before, after)).toEqual(said);
  });

  it('tells of another attempt as it told of the first', () => {
    const over = {
      ...status('Completed', [pod('Recovered', { applied: 1, ended: 2 })]),
      rerun: 'a',
    };
    const again = { ...planned, rerun: 'b', startTime: '2026-01-02T00:00:00.000Z' };
    expect(told(over, again)).toEqual(['Normal Planned']);
    const refused: ChaosExperimentStatus = { phase: 'Failed', message: 'no', rerun: 'b' };
    expect(told({ ...refused, rerun: 'a' }, refused)).toEqual(['Warning Refused', 'ended Failed']);
  });

  it('names the pod and the way out when a fault could not be removed', () => {
    const [first] = notices(
      running,
      status('Completed', [pod('Abandoned', { applied: 1, reason: 'ReapFailed' })]),
    );
    expect(first).toMatchObject({
      pod: { name: 'web-0' },
      note: expect.stringContaining('shop/web-0') as string,
    });
    expect(first).toMatchObject({ note: expect.stringContaining('recreate the pod') as string });
  });
});
