/**
 * The smallest of the values that at least so many percent of them do not exceed (nearest rank).
 *
 * @param percent above 0, up to 100
 * @throws RangeError when there are no values, or the percentage is out of range
 */
export function percentile(values: readonly number[], percent: number): number {
  if (!(percent > 0 && percent <= 100)) {
    throw new RangeError(`percentile ${percent}: takes a number above 0, up to 100`);
  }
  const value = values.toSorted((a, b) => a - b)[Math.ceil((percent / 100) * values.length) - 1];
  if (value === undefined) throw new RangeError('a percentile needs at least one value');
  return value;
}
