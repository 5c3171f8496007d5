const decimal = /^[0-9]+$/;

/**
 * Whether version `a` is older than `b`; undefined when that cannot be told. Kubernetes' own API server numbers
 * versions in decimal and lets clients compare those of one resource; other servers may not, hence undefined.
 */
export function isOlder(a: string | undefined, b: string | undefined): boolean | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (!decimal.test(a) || !decimal.test(b)) return undefined;
  return BigInt(a) < BigInt(b);
}
