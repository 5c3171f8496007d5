import { describe, expect, it } from 'vitest';
import type { PodStatusEntry } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { conditionTypes } from '../../api/v1alpha1/conditions.ts';
import {
  degradedCondition,
  injectedCondition,
  recoveredCondition,
  setCondition,
  type Shortfalls,
} from './conditions.ts';
import { anEntry, at, T0 } from './experiment.builder.ts';

const planned = anEntry({ name: 'p' });
const injected = anEntry({ name: 'i', state: 'Injected', applied: 1 });
const recovered = anEntry({ name: 'r', state: 'Recovered', reason: 'Elapsed', applied: 1 });
const reaped = anEntry({ name: 'x', state: 'Recovered', reason: 'Reaped', applied: 1 });
const failed = anEntry({ name: 'f', state: 'Failed', reason: 'ForeignQdisc', message: 'tbf' });
const gone = anEntry({ name: 'g', state: 'Gone', reason: 'PodGone' });
const unproven = anEntry({ name: 'u', state: 'Unknown', reason: 'Unproven' });
const lost = anEntry({ name: 'n', state: 'Unknown', reason: 'DeadlinePassed' });
const leaked = anEntry({ name: 'l', state: 'Leaked', reason: 'AgentDied' });
const abandoned = anEntry({ name: 'a', state: 'Abandoned', reason: 'ReapFailed' });

const asAsked: Shortfalls = { correlation: 0, partial: [], missing: undefined, stale: undefined };

describe('setCondition', () => {
  const accepted = { type: 'Accepted', status: 'True', reason: 'Planned', message: 'm' } as const;
  const [before] = setCondition(undefined, accepted, 1, T0);

  it('keeps the time of the last transition while the status is the same', () => {
    const [after] = setCondition(before && [before], { ...accepted, message: 'n' }, 2, T0 + 5);
    expect(after).toEqual({ ...before, message: 'n', observedGeneration: 2 });
  });

  it('notes the time when the status changes', () => {
    const change = { ...accepted, status: 'False', reason: 'NoEligiblePods' } as const;
    const [after] = setCondition(before && [before], change, 1, T0 + 5);
    expect(after).toMatchObject({ status: 'False', lastTransitionTime: at(5) });
  });

  it('lists the conditions in the order of the API, whatever order they come in', () => {
    const all = [
      degradedCondition([], asAsked),
      recoveredCondition([]),
      injectedCondition([]),
      accepted,
    ];
    const set = all.reduce<ReturnType<typeof setCondition>>(
      (list, one) => setCondition(list, one, 1, T0),
      [],
    );
    expect(set.map(({ type }) => type)).toEqual(Object.keys(conditionTypes));
  });
});

describe('injectedCondition', () => {
  it.each<[string, PodStatusEntry[], string, string]>([
    [
      'unknown while a pod may still prove its fault',
      [injected, planned, failed],
      'Unknown',
      'Injecting',
    ],
    ['unknown while an unproven pod is not clean', [injected, unproven], 'Unknown', 'Injecting'],
    ['true when every pod has proven its fault', [injected, recovered], 'True', 'Proven'],
    [
      'true when some have and the others never will',
      [injected, failed, gone],
      'True',
      'PartlyProven',
    ],
    ['false when none has', [failed, gone, lost], 'False', 'NoneProven'],
  ])('is %s', (_name, pods, status, reason) => {
    expect(injectedCondition(pods)).toMatchObject({ type: 'Injected', status, reason });
  });

  it('counts', () => {
    expect(injectedCondition([injected, failed]).message).toBe(
      '1 of 2 pods have proven their fault',
    );
  });
});

describe('recoveredCondition', () => {
  it.each<[string, PodStatusEntry[], string, string, string]>([
    [
      'false while a fault may be there',
      [recovered, leaked, injected],
      'False',
      'FaultsActive',
      '2 of 3 pods are not proven clean yet',
    ],
    [
      'true when all are clean, gone or were never hit',
      [recovered, reaped, failed, gone],
      'True',
      'AllClean',
      'all 4 pods are clean, gone or were never hit',
    ],
    [
      'unknown when one could not be observed to its end',
      [recovered, lost],
      'Unknown',
      'NotAllProven',
      'not proven clean: n: DeadlinePassed',
    ],
    [
      'unknown when one was given up',
      [abandoned],
      'Unknown',
      'NotAllProven',
      'not proven clean: a: ReapFailed',
    ],
  ])('is %s', (_name, pods, status, reason, message) => {
    expect(recoveredCondition(pods)).toEqual({ type: 'Recovered', status, reason, message });
  });
});

describe('degradedCondition', () => {
  it.each<[string, PodStatusEntry[], number, string, string, string]>([
    ['false when all is as planned', [recovered, gone], 99, 'False', 'AsPlanned', ''],
    [
      'true when a correlation was limited',
      [injected],
      100,
      'True',
      'CorrelationLimited',
      'correlation 100 is realised as 99',
    ],
    [
      'true when a pod failed',
      [recovered, failed],
      100,
      'True',
      'PodsFailed',
      'f: ForeignQdisc (tbf)',
    ],
    [
      'true when a pod has not proven its fault in time',
      [unproven],
      0,
      'True',
      'PodsFailed',
      'u: Unproven',
    ],
    ['true when an agent leaked', [failed, leaked], 0, 'True', 'Leaked', 'l: AgentDied'],
    ['true when a fault had to be reaped', [failed, reaped], 0, 'True', 'Leaked', 'x: Reaped'],
    [
      'true when a pod is not proven clean, which is the worst',
      [reaped, lost, abandoned],
      0,
      'True',
      'NotClean',
      'n: DeadlinePassed, a: ReapFailed',
    ],
  ])('is %s', (_name, pods, correlation, status, reason, message) => {
    expect(degradedCondition(pods, { ...asAsked, correlation })).toEqual({
      type: 'Degraded',
      status,
      reason,
      message,
    });
  });

  it.each<[string, Partial<Shortfalls>, string, string]>([
    [
      'when agents cannot be told of changed peers',
      { stale: 'web-0: exec is denied', partial: ['shop/db'] },
      'PeersStale',
      'web-0: exec is denied',
    ],
    [
      'when a peer is nobody any more',
      { missing: 'spec.peers[0].pods: match none', partial: ['shop/db'] },
      'PeersUnresolved',
      'spec.peers[0].pods: match none',
    ],
    [
      'when only a part of a Service is hit',
      { partial: ['shop/db'], correlation: 100 },
      'PartialService',
      "only some endpoints of Service shop/db lie in a peer's cidr: traffic through the Service's own address is left alone; with services: any it is hit",
    ],
  ])('is true %s', (_name, shortfalls, reason, message) => {
    expect(degradedCondition([recovered], { ...asAsked, ...shortfalls })).toEqual({
      type: 'Degraded',
      status: 'True',
      reason,
      message,
    });
  });

  it('names three pods at most', () => {
    expect(degradedCondition([failed, failed, failed, failed, failed], asAsked).message).toBe(
      'f: ForeignQdisc (tbf), f: ForeignQdisc (tbf), f: ForeignQdisc (tbf), and 2 more',
    );
  });
});
