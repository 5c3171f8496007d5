/** A group of running pods, excluded ones included: leaving pods out does not make the rest smaller. */
export interface Share {
  /** Pods of the group that the run would hit. */
  readonly selected: number;
  /** Pods of the group that are under another fault already. */
  readonly faulted: number;
  readonly running: number;
}

/**
 * Why the run would put too large a share of a group under faults, and what would pass; undefined when it would not.
 *
 * @param asked what was asked for, in words
 * @param group what the pods are, in words
 * @param limit in percent
 * @param limitName how the limit is called, with its value
 */
export function percentageViolation(
  asked: string,
  { selected, faulted, running }: Share,
  group: string,
  limit: number,
  limitName: string,
): string | undefined {
  if (selected === 0 || (selected + faulted) * 100 <= limit * running) return undefined;
  const share = Number((((selected + faulted) * 100) / running).toFixed(1));
  const atMost = Math.max(0, Math.floor((limit * running) / 100) - faulted);
  const also = faulted > 0 ? `, with the ${faulted} under a fault already` : '';
  return `${asked} would hit ${share} % of ${group}${also}, above ${limitName}: at most ${atMost}`;
}
