/**
 * Why hitting `selected` more of `running` pods, `faulted` of which are under another fault already, is too much
 * for a limit of `maxPercentage`; undefined when it is not. `running` counts excluded pods too: leaving pods
 * out does not make the rest smaller.
 */
export function percentageViolation(
  selected: number,
  faulted: number,
  running: number,
  maxPercentage: number | undefined,
): string | undefined {
  if (maxPercentage === undefined || selected === 0) return undefined;
  if ((selected + faulted) * 100 <= maxPercentage * running) return undefined;
  const share = Number((((selected + faulted) * 100) / running).toFixed(1));
  const atMost = Math.max(0, Math.floor((maxPercentage * running) / 100) - faulted);
  const also = faulted > 0 ? ` with the ${faulted} under a fault already` : '';
  return (
    `${selected} pods${also} would be ${share} % of the ${running} that match and run, above ` +
    `spec.safety.maxPercentage ${maxPercentage}: at most ${atMost} would pass`
  );
}
