/** Counts, both ends included. */
export interface CountRange {
  readonly low: number;
  readonly high: number;
}

/** Share of runs in which a correct system passes one assertion on random losses. */
export const CONFIDENCE = 0.99999;

/** Quantile of the standard normal distribution at 1 - (1 - CONFIDENCE) / 2. */
const NORMAL_QUANTILE = 4.4172;

/**
 * The losses that n independent packets show with probability CONFIDENCE at least, each lost with
 * probability p: exact binomial quantiles, at most (1 - CONFIDENCE) / 2 beyond each end.
 *
 * @param n packets, 1 to some millions (linear time)
 * @param p a fraction, 0 to 1
 */
export function binomialRange(n: number, p: number): CountRange {
  if (p <= 0) return { low: 0, high: 0 };
  if (p >= 1) return { low: n, high: n };
  const tail = (1 - CONFIDENCE) / 2;
  const odds = Math.log(p) - Math.log1p(-p);
  let logProbability = n * Math.log1p(-p);
  let cumulative = 0;
  let low: number | undefined;
  for (let k = 0; k <= n; k += 1) {
    cumulative += Math.exp(logProbability);
    if (low === undefined && cumulative > tail) low = k;
    if (cumulative >= 1 - tail) return { low: low ?? k, high: k };
    logProbability += Math.log((n - k) / (k + 1)) + odds;
  }
  return { low: low ?? n, high: n };
}

/**
 * The same for losses with lag-1 autocorrelation rho (a Gilbert chain), by the normal approximation:
 * correlation multiplies the variance of the count by (1 + rho) / (1 - rho).
 *
 * @param rho a fraction, 0 to less than 1
 */
export function correlatedRange(n: number, p: number, rho: number): CountRange {
  const spread = NORMAL_QUANTILE * Math.sqrt(n * p * (1 - p) * ((1 + rho) / (1 - rho)));
  return {
    low: Math.max(0, Math.floor(n * p - spread)),
    high: Math.min(n, Math.ceil(n * p + spread)),
  };
}
