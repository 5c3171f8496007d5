const UNIT_US: Record<string, number> = { us: 1, ms: 1_000, s: 1_000_000 };

/** Microseconds of a text such as `100ms`, `0.5ms` or `1s500ms` (units us, ms, s); undefined when it is no such time. */
export function parseMicroseconds(text: string): number | undefined {
  if (!/^(?:[0-9]+(?:\.[0-9]+)?(?:us|ms|s))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([0-9]+(?:\.[0-9]+)?)(us|ms|s)/g)) {
    total += Number(amount) * (UNIT_US[unit ?? ''] ?? Number.NaN);
  }
  return Number.isFinite(total) ? Math.round(total) : undefined;
}

/** The shortest single-unit text of a time in microseconds, such as `100ms` or `0.5ms`. */
export function formatMicroseconds(us: number): string {
  if (us >= 1_000_000) return `${us / 1_000_000}s`;
  return us >= 100 ? `${us / 1_000}ms` : `${us}us`;
}

const UNIT_BITS: Record<string, number> = { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 };

/** Bits per second of a text such as `1mbit` or `500kbit`, in tc's decimal units; undefined when it is no such rate. */
export function parseRate(text: string): number | undefined {
  const [, amount, unit] = /^([0-9]+(?:\.[0-9]+)?)(bit|kbit|mbit|gbit)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  return Math.round(Number(amount) * (UNIT_BITS[unit] ?? Number.NaN));
}
