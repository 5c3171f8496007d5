import type { PodStatusEntry, Summary } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { endOf, type RunTimes } from './pod-case.ts';

/** The run in figures. `times` is absent while nothing has been committed to. */
export function summarise(
  pods: readonly PodStatusEntry[],
  lossPercentage: number,
  times?: RunTimes,
): Summary {
  const count = (state: PodStatusEntry['state']) =>
    pods.filter((pod) => pod.state === state).length;
  const injected = pods.filter((pod) => pod.applied !== undefined);
  const observed = observedLoss(pods);
  const ends = times && lastEnd(injected, times);
  return {
    pods: `${injected.length}/${pods.length}`,
    asked: `${lossPercentage}%`,
    ...(observed !== undefined && { observed: `${Number(observed.toFixed(2))}%` }),
    ...(ends !== undefined && { ends: new Date(ends).toISOString().replace(/\.\d+Z$/, 'Z') }),
    injected: injected.length,
    recovered: count('Recovered'),
    failed: count('Failed'),
    gone: count('Gone'),
    leaked: count('Leaked') + count('Abandoned'),
    unknown: count('Unknown'),
  };
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
      entry.ended === undefined ? endOf({ entry, times }) : times.start + entry.ended,
    ),
  );
}
