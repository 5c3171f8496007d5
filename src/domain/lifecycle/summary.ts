import type { PodStatusEntry, Summary } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { endOf, type RunTimes } from './pod-case.ts';
import { timesOf } from './turn.ts';

/** The run in figures. `times` is absent while nothing has been committed to. */
export function summarise(
  pods: readonly PodStatusEntry[],
  asked: string,
  times?: RunTimes,
): Summary {
  const count = (state: PodStatusEntry['state']) =>
    pods.filter((pod) => pod.state === state).length;
  const injected = pods.filter((pod) => pod.applied !== undefined);
  const observed = observedLoss(pods);
  const ends = times && lastEnd(injected, times);
  return {
    pods: `${injected.length}/${pods.length}`,
    asked,
    ...(observed !== undefined && { observed: observedText(observed, asked) }),
    ...(ends !== undefined && { ends: new Date(ends).toISOString().replace(/\.\d+Z$/, 'Z') }),
    injected: injected.length,
    recovered: count('Recovered'),
    failed: count('Failed'),
    gone: count('Gone'),
    leaked: count('Leaked') + count('Abandoned'),
    unknown: count('Unknown'),
  };
}

/** What was measured, beside what was asked: where that is not a loss alone, the figure says what it is of. */
function observedText(lossPercentage: number, asked: string): string {
  const text = `${Number(lossPercentage.toFixed(2))}%`;
  return asked.endsWith('%') || asked === 'partition' ? text : `${text} lost`;
}

/** Loss in percent over all packets that the pods' filters saw, in both directions; undefined when there were none. */
export function observedLoss(pods: readonly PodStatusEntry[]): number | undefined {
  let lost = 0;
  let seen = 0;
  for (const { egress, ingress } of pods) {
    for (const counts of [egress, ingress]) {
      const [gone = 0, all = 0] = (counts ?? '0/0').split('/').map(Number);
      lost += gone;
      seen += all;
    }
  }
  return seen === 0 ? undefined : (100 * lost) / seen;
}

function lastEnd(injected: readonly PodStatusEntry[], times: RunTimes): number | undefined {
  if (injected.length === 0) return undefined;
  return Math.max(
    ...injected.map((entry) =>
      entry.ended === undefined
        ? endOf({ entry, times: timesOf(entry, times) })
        : times.start + entry.ended,
    ),
  );
}
