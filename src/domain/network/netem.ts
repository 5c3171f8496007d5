import { gilbert } from './gilbert.ts';

/** What one netem qdisc does to the packets that reach it. */
export interface Impairment {
  /** Mean share of packets lost, in percent, 0.001 to 100. */
  lossPercentage: number;
  /** Realised lag-1 autocorrelation of losses, in percent, 0 to 99. */
  correlation: number;
}

/**
 * Packets that netem may hold. Its default of 1000 tail-drops under load, which would count as loss
 * that nobody asked for (tc-netem(8), `limit`).
 */
const LIMIT_PACKETS = 100_000;

/** Above it, in percent, the chain's way back would be less than tc can write; bursts are endless there anyway. */
const MAX_CORRELATED_LOSS = 99.99;

/** A percentage as tc takes it: no exponent, no trailing zeros, eight decimals (netem keeps 32 bits: steps of 2.3e-8 %). */
function percent(value: number): string {
  return `${value.toFixed(8).replace(/\.?0+$/, '')}%`;
}

/** The words that follow `netem` on a tc command line. */
export function netemArguments(impairment: Impairment): string[] {
  return ['limit', String(LIMIT_PACKETS), 'loss', ...lossArguments(impairment)];
}

function lossArguments({ lossPercentage, correlation }: Impairment): string[] {
  if (lossPercentage > MAX_CORRELATED_LOSS || correlation === 0)
    return ['random', percent(lossPercentage)];
  const { p, r } = gilbert(lossPercentage, correlation);
  return ['gemodel', percent(p), percent(r)];
}
