import { expect, it } from 'vitest';
import type {
  ChaosExperiment,
  ChaosExperimentStatus,
} from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { aPod } from '../targets/pod.builder.ts';
import type { Decision } from './effects.ts';
import { anExperiment, at, T0 } from './experiment.builder.ts';
import { observed } from './observed.builder.ts';
import { start } from './start.ts';

/** The running pods web-0, web-1 and so on. */
export const webs = (n: number) => Array.from({ length: n }, (_, i) => aPod({ name: `web-${i}` }));

/** As many of those as `count` says. */
export const targets = (count: number | string) => ({
  selector: { matchLabels: { app: 'web' } },
  count,
});

/** The finalizers of an experiment that is held. */
export const held = ['squall.dev/recover'];

/** One decision about an experiment that has not started, with three pods to choose from unless the row sees others. */
export interface StartRow {
  readonly given: Parameters<typeof anExperiment>[0];
  /** Milliseconds since the experiment's creation. */
  readonly at?: number;
  readonly sees?: Parameters<typeof observed>[1] & object;
  /** Phase and reason of Accepted; that nothing changes when it is left out. */
  readonly comesTo?: readonly [ChaosExperimentStatus['phase'], string];
  readonly message?: string;
  readonly finalizer?: 'add' | 'remove';
  readonly writeAhead?: true;
  readonly wakes?: number;
}

/** The decision at `ms` after the experiment's creation. */
export function decideAt(
  experiment: ChaosExperiment,
  sees: StartRow['sees'] = {},
  ms = 100,
): Decision {
  return start(observed(experiment, { pods: webs(3), ...sees }), T0 + ms);
}

/** A test for each row, named by its key. Nothing is ever done before the write-ahead. */
export function testRows(table: Readonly<Record<string, StartRow>>): void {
  it.each(Object.entries(table))('%s', (_name, row) => {
    const experiment = anExperiment(row.given);
    const { status, effects, finalizer, writeAhead, wakeAt } = decideAt(
      experiment,
      row.sees,
      row.at,
    );
    expect(effects).toEqual([]);
    expect({ finalizer, writeAhead, wakes: wakeAt && wakeAt - T0 }).toEqual({
      finalizer: row.finalizer,
      writeAhead: row.writeAhead,
      wakes: row.wakes,
    });
    if (row.comesTo === undefined) {
      expect(status).toEqual(experiment.status ?? {});
      return;
    }
    const accepted = status.conditions?.find(({ type }) => type === 'Accepted');
    expect([status.phase, accepted?.reason]).toEqual(row.comesTo);
    expect(status.observedGeneration).toBe(experiment.metadata.generation);
    expect(accepted?.message).toBe(status.message);
    if (row.message !== undefined) expect(status.message).toBe(row.message);
    if (row.comesTo[0] === 'Failed' || row.comesTo[0] === 'Aborted')
      expect(status.endTime).toBe(at(row.at ?? 100));
  });
}
