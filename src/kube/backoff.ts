/**
 * Milliseconds to wait after the n-th failure in a row (n >= 1): first * 2^(n-1), at most `max`, of which a random part
 * between none and half is taken off, so that many clients do not come back at once. 0 <= random < 1.
 */
export function backoffMs(
  failures: number,
  { first, max, random }: { readonly first: number; readonly max: number; readonly random: number },
): number {
  return Math.min(first * 2 ** (failures - 1), max) * (1 - random / 2);
}
