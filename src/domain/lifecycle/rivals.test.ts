import { describe, expect, it } from 'vitest';
import type { ChaosExperiment } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { drawHandle } from '../network/handle.ts';
import { anEntry, anExperiment, aRun, aStartedExperiment } from './experiment.builder.ts';
import { decideAt, held, targets } from './start-row.builder.ts';

describe('two experiments', () => {
  const mine = anExperiment({
    finalizers: held,
    uid: 'e2',
    name: 'mine',
    spec: { targets: targets('100%') },
  });
  const selected = (others: ChaosExperiment[]) =>
    decideAt(mine, { others })
      .status.pods?.map(({ name }) => name)
      .sort();

  it.each([
    ['Planned', undefined],
    ['Injected', undefined],
    ['Leaked', 'AgentDied'],
    ['Unknown', 'Unproven'],
    ['Abandoned', 'ReapFailed'],
  ] as const)('never race for a pod that is %s', (state, reason) => {
    const entry = anEntry({ name: 'web-1', state, ...(reason && { reason }) });
    const others = [aStartedExperiment([entry], { name: 'other' })];
    expect(selected(others)).toEqual(['web-0', 'web-2']);
    expect(decideAt(mine, { others }).status.plan?.rejected).toEqual([
      { reason: 'AlreadyFaulted', count: 1, examples: ['shop/web-1 (by shop/other)'] },
    ]);
  });

  it.each([
    ['Recovered', 'Elapsed'],
    ['Failed', 'NotStarted'],
    ['Gone', 'PodGone'],
    ['Unknown', 'DeadlinePassed'],
  ] as const)('may share a pod that is %s for good', (state, reason) => {
    const entry = anEntry({ name: 'web-1', state, reason });
    expect(selected([aStartedExperiment([entry])])).toEqual(['web-0', 'web-1', 'web-2']);
  });

  it('are not kept apart by the promise of a dry run', () => {
    const promise = { phase: 'Planned', pods: [anEntry({ name: 'web-1' })] } as const;
    const other = anExperiment({ status: { ...promise, pods: [...promise.pods] } });
    expect(selected([other])).toHaveLength(3);
  });

  it('never use one handle at a time', () => {
    const drawn = drawHandle('e2', 1, new Set()).id;
    const other = (state: 'Injected' | 'Recovered') =>
      aStartedExperiment([anEntry({ name: 'elsewhere', state })], {
        status: { run: aRun({ handle: drawn }) },
      });
    const handle = (others: ChaosExperiment[]) => decideAt(mine, { others }).status.run?.handle;
    expect(handle([])).toBe(drawn);
    expect(handle([other('Recovered')])).toBe(drawn);
    expect(handle([other('Injected')])).toBe(drawHandle('e2', 1, new Set([drawn])).id);
  });
});
