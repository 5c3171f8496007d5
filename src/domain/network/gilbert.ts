/** The highest correlation that is realised; at 100 % the chain would never change state and lose nothing. */
export const MAX_CORRELATION = 99;

/** Transition probabilities of a Gilbert chain, in percent, as `netem loss gemodel` takes them. */
export interface GilbertModel {
  /** Good to bad, in percent. */
  p: number;
  /** Bad to good, in percent. */
  r: number;
}

/**
 * The two-state chain (every packet lost in the bad state, none in the good one) whose mean loss is
 * `lossPercentage` and whose losses have lag-1 autocorrelation `correlation` / 100.
 *
 * With L and rho as fractions: p = L(1-rho), r = (1-L)(1-rho). Then the stationary loss p/(p+r) is L,
 * the autocorrelation 1-p-r is rho, and the mean burst is 1/r = 1/((1-L)(1-rho)) packets
 * (Gilbert, "Capacity of a Burst-Noise Channel", 1960; tc-netem(8), gemodel with its defaults 1-h = 100 %, 1-k = 0).
 * netem's own `correlation` does not keep the mean, which is why it is not used.
 *
 * @param lossPercentage 0 < L < 100, in percent
 * @param correlation 0 to MAX_CORRELATION, in percent
 */
export function gilbert(lossPercentage: number, correlation: number): GilbertModel {
  const moving = 1 - correlation / 100;
  return { p: lossPercentage * moving, r: (100 - lossPercentage) * moving };
}

/** The correlation that is realised for one that was asked for: `MAX_CORRELATION` at most. */
export function realisedCorrelation(asked: number): number {
  return Math.min(asked, MAX_CORRELATION);
}
